using Gate.Compression;
using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Models.Calibration;
using Gate.Models.Engines;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Core.Tests.Planning;

public sealed class PlaceProbesTests : IDisposable
{
    private static readonly ActivationOptions Activations = new(new ComputeThreads(2));
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-probes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_changed_place_is_measured_as_the_candidate_is_in_which_nothing_else_changed(bool isCalibrated)
    {
        CalibrationRecipe calibration = new(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), 4, 64);
        PlanningOptions options = new(Tokens: 256) { Methods = isCalibrated ? PlanningMethods.Calibrated(calibration) : PlanningMethods.DataFree };
        RunContext context = new(_folder, null, new ComputeThreads(2), TimeProvider.System, null, null, TestContext.Current.CancellationToken);
        using var dense = JudgedModel.Open(context, new NamedPath("facts-llama", Repository.PathOf("samples", "models", "facts-llama")));
        PlanSearch search = new(dense.Model, new Budget(null, 4, null), options.Methods);
        HeldOutText text = HeldOutText.Of(options, dense.Tokenizer!, dense.Checkpoint.Configuration, options.Methods.Calibration);
        using PlanTrials trials = new(context, dense, text, PlanningMemory.Of(search, dense, text), limit: null);
        using UnitNoise noise = new(dense.Model, search.Units, options.Methods, Activations, context.CancellationToken);
        using PlaceProbes probes = new(trials, dense.Model, text, Activations, context.CancellationToken);

        StorageOption option = new(3, 32, 0, null);
        (int Unit, CompressionPlan Plan)[] places = [.. new[] { 0, 5, 6, 11 }.Select(unit => (unit, search.Probe([(unit, option)])))];
        foreach (IGrouping<int, (int Unit, CompressionPlan Plan)> block in places.GroupBy(place => search.Units[place.Unit].Block))
        {
            probes.Measure(block.Key,
                [.. block.Select(place => (place.Plan, (IReadOnlyDictionary<string, ReplacedWeights>)noise.Of(search.Units[place.Unit], option).ToDictionary()))]);
            noise.Rest();
        }

        foreach ((int unit, CompressionPlan plan) in places)
        {
            Divergence probed = trials.FindProbe(plan)!;
            Assert.True(probed.Mean > 0, search.Units[unit].Name);
            Assert.Equal(trials.Measure(plan), probed);
        }
    }
}
