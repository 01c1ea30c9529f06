using System.Collections.Immutable;
using Gate.Compression.Export.Formats;
using Gate.Compression.Planning.Allocation;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;

namespace Gate.Compression.Planning.Search;

/// <summary>Chooses how every layer is stored: least predicted harm within the budget, on the exact sizes of the format the candidate is written in.</summary>
public sealed class PlanSearch
{
    private readonly Model _dense;
    private readonly PlanningMethods _methods;
    private readonly CandidateLayout _layout;
    private readonly ICandidateSize _sizes;
    private readonly BudgetScale _scale;
    private readonly ImmutableArray<OptionFamily> _families;
    private readonly ImmutableArray<ImmutableArray<StorageOption>> _options;

    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="budget">The budget.</param>
    /// <param name="methods">How weights are removed and rounded.</param>
    /// <param name="layout">In which format the candidate is written.</param>
    /// <exception cref="GateException">Exit 2: a budget that is none (GATE4011), or a model or tokenizer that the format cannot hold.</exception>
    public PlanSearch(Model dense, Budget budget, PlanningMethods methods, CandidateLayout layout = CandidateLayout.Dense)
    {
        BudgetCheck.EnsureUsable(budget);
        (_dense, _methods, _layout) = (dense, methods, layout);
        _sizes = ICandidateSize.In(layout, dense);
        _scale = new BudgetScale(budget, methods, _sizes, PackedForm.DenseBytes16(dense.Checkpoint.Tensors));
        Units = PlanningUnit.Of(dense.LinearLayers);
        _families = OptionFamily.Of(Units, methods, layout, dense, OptionMenu.CountsSparsity(budget));
        _options = [.. Units.Select((_, unit) => _families.SelectMany(family => family.Menus[unit]).Distinct().ToImmutableArray())];
    }

    /// <summary>The units of the model.</summary>
    public ImmutableArray<PlanningUnit> Units { get; }

    /// <summary>Every option of a unit that the format holds.</summary>
    /// <param name="unit">Index of the unit.</param>
    public ImmutableArray<StorageOption> OptionsOf(int unit) => _options[unit];

    /// <summary>Refuses a budget that nothing on the menu can meet. Looks at shapes only.</summary>
    /// <exception cref="GateException">Exit 2: GATE4070 with the floor, GATE4052 for methods without their calibration
    /// data, GATE4060 or GATE4061 for a format that cannot hold a plan of this model.</exception>
    public void EnsureFeasible()
    {
        _methods.EnsureUsable();
        if (_families.IsEmpty)
            throw LayerFormat.CannotHold(LayoutNames.Of(_layout), $"any option of the planner by {_methods.Quantize} for this model's shapes");
        StorageOption[] smallest = _families.Select(Smallest).MinBy(CostOf)!;
        LayerFormat.Check(PlanOf(LayersOf(smallest), ""), _dense);
        PlanSize floor = SizeOf(smallest);
        if (!_scale.IsMetBy(floor))
        {
            throw GateException.Usage(
                "GATE4070", $"budget: expected a plan with {_scale.Text}, but the smallest plan of this model has {_scale.Describe(floor)}.",
                remedy: $"Relax the budget to {_scale.Describe(floor)} or more, or take a smaller model.");
        }
    }

    /// <summary>The plan of least predicted harm.</summary>
    /// <param name="measurement">What was measured of this model.</param>
    /// <exception cref="GateException">Exit 2: as <see cref="EnsureFeasible"/>.</exception>
    public SolvedPlan Solve(DamageMeasurement measurement)
    {
        EnsureFeasible();
        SolvedPlan[] solved = [.. _families.Select(family => Solve(family, measurement)).OfType<SolvedPlan>()];
        SolvedPlan best = solved.MinBy(plan => plan.Damage)!;

        // What no family can have less of bounds them together.
        double bound = solved.Min(plan => plan.Damage * (1 - plan.Gap));
        best = best with { Gap = best.Damage <= 0 ? 0 : Math.Max(0, (best.Damage - bound) / best.Damage) };
        LayerFormat.Check(best.Plan, _dense);
        return best;
    }

    /// <summary>The recipes that treat every unit alike and hold the budget, by rising predicted harm.</summary>
    /// <param name="measurement">What was measured of this model.</param>
    public ImmutableArray<SolvedPlan> Uniform(DamageMeasurement measurement)
    {
        bool needsBits = LayerFormat.Of(_layout, _dense) is { NeedsQuantizedLayers: true };
        return
        [
            .. OptionsOf(0).Where(option => (option.Bits is not null || !needsBits) && Units.Index().All(unit => OptionsOf(unit.Index).Contains(option)))
                .Select(option => Enumerable.Repeat(option, Units.Length).ToArray())
                .Where(chosen => _scale.IsMetBy(SizeOf(chosen)))
                .Select(chosen => Solved(chosen, measurement, 0))
                .OrderBy(plan => plan.Damage).ThenBy(plan => plan.Plan.PackedBytes),
        ];
    }

    /// <summary>A plan that touches some units only.</summary>
    /// <param name="changes">Index of each unit and how it is stored, by rising index.</param>
    public CompressionPlan Probe(IReadOnlyList<(int Unit, StorageOption Option)> changes) => PlanOf(
        [.. changes.SelectMany(change => Units[change.Unit].Layers.Select(layer => change.Option.For(layer, _methods)))],
        string.Join("; ", changes.Select(change => $"{change.Option.Name} in {Units[change.Unit].Name}")));

    // Null when the family cannot meet the budget.
    private SolvedPlan? Solve(OptionFamily family, DamageMeasurement measurement)
    {
        StorageOption[] smallest = Smallest(family);
        if (!_scale.IsMetBy(SizeOf(smallest)))
            return null;
        StorageOption[][] menus = [.. Units.Select((unit, i) => MenuOf(family, measurement, unit, i))];
        AllocationUnit[] problem = [.. Units.Select((unit, i) => ProblemOf(unit, menus[i], measurement.Units[i]))];

        // The header of the file varies a little with what is in it; whatever a plan has too much is taken from the room of the next.
        long outside = SizeOf(smallest).FileBytes - CostOf(smallest);
        while (_scale.Limit(Units, outside) >= problem.Sum(unit => unit.Options.Min(option => option.Bytes)))
        {
            Allocation.Allocation allocation = AllocationSolver.Solve(problem, _scale.Limit(Units, outside));
            StorageOption[] chosen = [.. allocation.Choices.Select((choice, i) => menus[i][choice])];
            PlanSize size = SizeOf(chosen);
            if (_scale.IsMetBy(size))
                return Solved(chosen, measurement, allocation.Gap);
            outside += size.FileBytes - _scale.MostBytes!.Value;
        }

        return Solved(smallest, measurement, 0);
    }

    private StorageOption[] MenuOf(OptionFamily family, DamageMeasurement measurement, PlanningUnit unit, int index)
    {
        if (measurement.Units.Length != Units.Length || measurement.Units[index].Unit != unit.Name)
            throw new ArgumentException($"the measurement is of another model: unit {unit.Name} is not in it", nameof(measurement));
        StorageOption[] all = [.. family.Menus[index]];
        // What another option beats in both respects can never be chosen and would only cost time.
        return [.. OptionHull.Undominated(ProblemOf(unit, all, measurement.Units[index])).Select(option => all[option])];
    }

    private AllocationUnit ProblemOf(PlanningUnit unit, StorageOption[] menu, UnitMeasurement measured)
    {
        Dictionary<StorageOption, double> errors = measured.Options.ToDictionary(option => option.Option, option => option.Error);
        return new AllocationUnit(
            unit.Name, [.. menu.Select(option => new AllocationOption(option.Name, _scale.CostOf(unit, option), measured.Scale * errors[option]))]);
    }

    private StorageOption[] Smallest(OptionFamily family) =>
        [.. Units.Select((unit, i) => family.Menus[i].MinBy(option => _scale.CostOf(unit, option))!)];

    private long CostOf(StorageOption[] chosen) => Units.Select((unit, i) => _scale.CostOf(unit, chosen[i])).Sum();

    private PlanSize SizeOf(StorageOption[] chosen) => PlanSize.Of(LayersOf(chosen), _sizes, _dense);

    private ImmutableArray<PlannedLayer> LayersOf(StorageOption[] chosen)
    {
        Dictionary<string, PlannedLayer> planned = Units
            .SelectMany((unit, i) => unit.Layers.Select(layer => chosen[i].For(layer, _methods)))
            .ToDictionary(layer => layer.Layer.Name, StringComparer.Ordinal);
        return [.. _dense.LinearLayers.Where(layer => planned.ContainsKey(layer.Name)).Select(layer => planned[layer.Name])];
    }

    private SolvedPlan Solved(StorageOption[] chosen, DamageMeasurement measurement, double gap)
    {
        ImmutableArray<UnitChoice> choices = [.. Units.Select((unit, i) => new UnitChoice(unit.Name, chosen[i].Name,
            measurement.Units[i].Scale * measurement.Units[i].Options.First(option => option.Option == chosen[i]).Error))];
        string mix = string.Join("; ", choices.GroupBy(choice => choice.Option, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Count() == choices.Length ? $"{group.Key} everywhere" : $"{group.Key} in {group.Count()} of {choices.Length} units"));
        bool prunes = chosen.Any(option => option.Pattern is not null || option.Sparsity > 0);
        string description = $"planned for {_scale.Text} by {_methods.Describe(prunes)}: {mix}";
        return new SolvedPlan(PlanOf(LayersOf(chosen), description), choices, choices.Sum(choice => choice.Damage), gap);
    }

    private CompressionPlan PlanOf(ImmutableArray<PlannedLayer> layers, string description)
    {
        PlanSize size = PlanSize.Of(layers, _sizes, _dense);
        return new CompressionPlan(
            new Recipe(null, null, _methods.Calibration), layers, (double)size.CompressionRate, (double)size.BitsPerWeight, size.FileBytes, description)
        {
            Layout = _layout,
        };
    }
}
