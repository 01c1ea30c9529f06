using System.Collections.Immutable;
using Gate.Compression.Planning.Allocation;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models.Architectures;
using Gate.Models.Checkpoints;

namespace Gate.Compression.Planning.Search;

/// <summary>Chooses how every layer is stored: least predicted harm within the budget, on exact sizes.</summary>
/// <param name="dense">The dense checkpoint.</param>
/// <param name="budget">The budget.</param>
/// <param name="methods">How weights are removed and rounded.</param>
public sealed class PlanSearch(Checkpoint dense, Budget budget, PlanningMethods methods)
{
    private readonly ImmutableArray<PlanningUnit> _units = PlanningUnit.Of(LinearLayers.Of(dense));
    private readonly BudgetScale _scale = new(budget);
    private readonly bool _withSparsity = OptionMenu.CountsSparsity(budget);

    /// <summary>Refuses a budget that nothing on the menu can meet. Looks at shapes only.</summary>
    /// <exception cref="GateException">Exit 2: GATE4011 for a budget that is none, GATE4070 with the floor.</exception>
    public void EnsureFeasible()
    {
        BudgetCheck.EnsureUsable(budget);
        PlanSize floor = SizeOf(Smallest());
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
        StorageOption[][] menus = [.. _units.Select((unit, i) => MenuOf(measurement, unit, i))];
        AllocationUnit[] problem = [.. _units.Select((unit, i) => ProblemOf(unit, menus[i], measurement.Units[i]))];
        StorageOption[] smallest = Smallest();
        long floor = _units.Select((unit, i) => _scale.CostOf(unit, smallest[i])).Sum();
        // The header of the file varies a little with what is in it; whatever a plan has too much is taken from the room of the next.
        long outside = SizeOf(smallest).FileBytes - floor;
        while (_scale.Limit(_units, outside) >= problem.Sum(unit => unit.Options.Min(option => option.Bytes)))
        {
            Allocation.Allocation allocation = AllocationSolver.Solve(problem, _scale.Limit(_units, outside));
            StorageOption[] chosen = [.. allocation.Choices.Select((choice, i) => menus[i][choice])];
            PlanSize size = SizeOf(chosen);
            if (_scale.IsMetBy(size))
                return Solved(chosen, measurement, allocation.Gap);
            outside += size.FileBytes - budget.Bytes!.Value;
        }

        return Solved(smallest, measurement, 0);
    }

    /// <summary>The recipes that treat every unit alike and hold the budget, by rising predicted harm.</summary>
    /// <param name="measurement">What was measured of this model.</param>
    public ImmutableArray<SolvedPlan> Uniform(DamageMeasurement measurement) =>
    [
        .. OptionMenu.For(_units[0], _withSparsity)
            .Where(option => _units.All(unit => unit.Layers.All(option.Fits)))
            .Select(option => Enumerable.Repeat(option, _units.Length).ToArray())
            .Where(chosen => _scale.IsMetBy(SizeOf(chosen)))
            .Select(chosen => Solved(chosen, measurement, 0))
            .OrderBy(plan => plan.Damage).ThenBy(plan => plan.Plan.PackedBytes),
    ];

    /// <summary>A plan that touches some units only.</summary>
    /// <param name="changes">Index of each unit and how it is stored, by rising index.</param>
    public CompressionPlan Probe(IReadOnlyList<(int Unit, StorageOption Option)> changes) => PlanOf(
        [.. changes.SelectMany(change => _units[change.Unit].Layers.Select(layer => change.Option.For(layer, methods)))],
        string.Join("; ", changes.Select(change => $"{change.Option.Name} in {_units[change.Unit].Name}")));

    /// <summary>The units of the model.</summary>
    public ImmutableArray<PlanningUnit> Units => _units;

    private StorageOption[] MenuOf(DamageMeasurement measurement, PlanningUnit unit, int index)
    {
        if (measurement.Units.Length != _units.Length || measurement.Units[index].Unit != unit.Name)
            throw new ArgumentException($"the measurement is of another model: unit {unit.Name} is not in it", nameof(measurement));
        StorageOption[] all = [.. OptionMenu.For(unit, _withSparsity)];
        // What another option beats in both respects can never be chosen and would only cost time.
        return [.. OptionHull.Undominated(ProblemOf(unit, all, measurement.Units[index])).Select(option => all[option])];
    }

    private AllocationUnit ProblemOf(PlanningUnit unit, StorageOption[] menu, UnitMeasurement measured)
    {
        Dictionary<StorageOption, double> errors = measured.Options.ToDictionary(option => option.Option, option => option.Error);
        return new AllocationUnit(
            unit.Name, [.. menu.Select(option => new AllocationOption(option.Name, _scale.CostOf(unit, option), measured.Scale * errors[option]))]);
    }

    private StorageOption[] Smallest() =>
        [.. _units.Select(unit => OptionMenu.For(unit, _withSparsity).MinBy(option => _scale.CostOf(unit, option))!)];

    private PlanSize SizeOf(StorageOption[] chosen) => PlanSize.Of(LayersOf(chosen), new PackedSize(dense.Tensors));

    private ImmutableArray<PlannedLayer> LayersOf(StorageOption[] chosen)
    {
        Dictionary<string, PlannedLayer> planned = _units
            .SelectMany((unit, i) => unit.Layers.Select(layer => chosen[i].For(layer, methods)))
            .ToDictionary(layer => layer.Layer.Name, StringComparer.Ordinal);
        return [.. LinearLayers.Of(dense).Where(layer => planned.ContainsKey(layer.Name)).Select(layer => planned[layer.Name])];
    }

    private SolvedPlan Solved(StorageOption[] chosen, DamageMeasurement measurement, double gap)
    {
        ImmutableArray<UnitChoice> choices = [.. _units.Select((unit, i) => new UnitChoice(unit.Name, chosen[i].Name,
            measurement.Units[i].Scale * measurement.Units[i].Options.First(option => option.Option == chosen[i]).Error))];
        string mix = string.Join("; ", choices.GroupBy(choice => choice.Option, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Count() == choices.Length ? $"{group.Key} everywhere" : $"{group.Key} in {group.Count()} of {choices.Length} units"));
        bool prunes = chosen.Any(option => option.Pattern is not null || option.Sparsity > 0);
        string by = prunes ? $"{methods.Prune} and {methods.Quantize}" : methods.Quantize;
        return new SolvedPlan(PlanOf(LayersOf(chosen), $"planned for {_scale.Text} by {by}: {mix}"), choices, choices.Sum(choice => choice.Damage), gap);
    }

    private CompressionPlan PlanOf(ImmutableArray<PlannedLayer> layers, string description)
    {
        PlanSize size = PlanSize.Of(layers, new PackedSize(dense.Tensors));
        return new CompressionPlan(new Recipe(null, null), layers, (double)size.CompressionRate, (double)size.BitsPerWeight, size.FileBytes, description);
    }
}

/// <summary>A plan with what the solver predicted for it.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Choices">What was chosen for every unit, in model order.</param>
/// <param name="Damage">Predicted harm, summed over units.</param>
/// <param name="Gap">How far the harm can be from the least possible, as a share of it; 0 is proven best.</param>
public sealed record SolvedPlan(CompressionPlan Plan, ImmutableArray<UnitChoice> Choices, double Damage, double Gap);

/// <summary>What was chosen for one unit.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Option">The option's name.</param>
/// <param name="Damage">Its predicted harm.</param>
public sealed record UnitChoice(string Unit, string Option, double Damage);
