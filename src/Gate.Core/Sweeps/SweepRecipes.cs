using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Diagnostics;

namespace Gate.Core.Sweeps;

/// <summary>The recipes of a sweep: the cells of the grid, then one planned recipe for each budget, which is planned only when it is asked for.</summary>
internal sealed class SweepRecipes
{
    private readonly GateConfiguration _configuration;
    private readonly RunContext _context;
    private readonly JudgedModel _dense;
    private readonly SweepOptions _options;
    private readonly ImmutableArray<SweepCell> _cells;

    /// <param name="configuration">The configuration.</param>
    /// <param name="options">Its sweep.</param>
    /// <param name="context">Hears of recipes that are left out.</param>
    /// <param name="dense">The dense model.</param>
    /// <exception cref="GateException">Exit 2 before any work: nothing to sweep (GATE4073), a budget that nothing meets (GATE4070), a calibrated method
    /// without calibration data (GATE4052).</exception>
    public SweepRecipes(GateConfiguration configuration, SweepOptions options, RunContext context, JudgedModel dense)
    {
        (_configuration, _options, _context, _dense) = (configuration, options, context, dense);
        foreach (SweepBudget planned in options.Plans)
            RequireFeasible(planned);
        _cells = SweepGrid.Of(
            dense.Model, options, configuration.Recipe, configuration.Calibration, configuration.Layout,
            (name, reason) => context.Note("GATE4072", Severity.Warning, $"{name} is left out of the sweep: {reason}"));
        if (Count == 0)
        {
            throw GateException.Usage(
                "GATE4073", "the sweep has no recipe that this model's shapes and output.format allow",
                remedy: "change sweep.bits, sweep.sparsities, sweep.groupSize, sweep.scopes or output.format, or name budgets in sweep.plan");
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _cells.Length + _options.Plans.Length;

    /// <summary>Whether a method of any looks at the inputs of layers.</summary>
    public bool AreCalibrated =>
        _cells.Any(cell => cell.IsCalibrated) || (_options.Plans.Length > 0 && _configuration.Planning.Methods.Calibration is not null);

    /// <summary>Refuses a memory limit that a recipe of the grid cannot keep; planned recipes are looked at when they are planned.</summary>
    /// <param name="text">The text of the divergence.</param>
    /// <exception cref="GateException">Exit 2 (GATE4140): names the least that would do.</exception>
    public void RequireMemory(HeldOutText text)
    {
        if (!_cells.IsEmpty)
            PlanningMemory.Of([.. _cells.Select(cell => cell.Plan)], _dense, text).Require(_configuration.Memory);
    }

    /// <summary>The candidates of chosen recipes, in order.</summary>
    /// <param name="chosen">Told the index of a recipe.</param>
    public SweepCandidate[] Candidates(Func<int, bool> chosen) =>
        [.. Enumerable.Range(0, Count).Where(chosen).Select(index => Candidate(index < _cells.Length ? _cells[index] : Plan(_options.Plans[index - _cells.Length])))];

    private SweepCandidate Candidate(SweepCell cell)
    {
        string name = CandidateMaking.KeyOf(_dense, cell.Plan)[..12];
        return new SweepCandidate(cell, new NamedPath($"{_options.Output.Portable}/candidates/{name}", Path.Combine(_options.Output.Full, "candidates", name)));
    }

    private SweepCell Plan(SweepBudget planned)
    {
        PlannedRecipe recipe = RecipePlanning.Plan(planned.Budget, _configuration.Planning, _context, _dense);
        CompressionPlan plan = recipe.Plan;
        double sparsity = plan.Layers.Sum(layer => ShareOf(layer.Prune) * layer.Layer.WeightCount) / plan.Layers.Sum(layer => layer.Layer.WeightCount);
        double bits = 16 * (1 - plan.TheoreticalCompressionRate) / (1 - sparsity);
        PlanningMethods methods = _configuration.Planning.Methods;
        return new SweepCell(planned.Name, ScopeKind.All, sparsity, bits, $"{methods.Prune}+{methods.Quantize}", plan) { Planned = recipe.Summary };
    }

    private static double ShareOf(PruningRecipe? prune) =>
        prune is null ? 0 : new SweepZeros(prune.Sparsity ?? 0, prune.Pattern).Share;

    private void RequireFeasible(SweepBudget planned)
    {
        try
        {
            new PlanSearch(_dense.Model, planned.Budget, _configuration.Planning.Methods, _configuration.Layout).EnsureFeasible();
        }
        catch (GateException exception) when (exception.Diagnostic.Code == "GATE4070")
        {
            Diagnostic refused = exception.Diagnostic;
            throw GateException.Usage(refused.Code, $"'{planned.Key}': {refused.Message}", planned.Place, refused.Remedy);
        }
    }
}
