using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Core.Tests.Planning;

public sealed class CalibratedPlanningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-planning-").FullName;

    [Fact]
    public void With_calibration_data_a_plan_is_measured_and_made_by_error_feedback_and_its_measurement_is_kept_for_them()
    {
        CalibrationRecipe calibration = new(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), 8, 128);
        PlanningOptions options = MeasuredModel.Short with { Methods = PlanningMethods.Calibrated(calibration) };
        using JudgedModel dense = MeasuredModel.Open(Context());
        PlannedRecipe planned = RecipePlanning.Plan(new Budget(null, 3.5, null), options, Context(), dense);

        Assert.Equal("relative squared output error", planned.Measure);
        Assert.All(planned.Plan.Layers.Where(layer => layer.Quantize is not null), layer => Assert.Equal("gptq", layer.Quantize!.Method));
        Assert.All(planned.Tried, tried => Assert.True(planned.Shipped!.Divergence.Mean <= tried.Divergence.Mean));
        string file = Assert.Single(Measurements());
        DateTime written = File.GetLastWriteTimeUtc(file);
        RecipePlanning.Plan(new Budget(null, 4, null), options, Context(), dense);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Assert.Single(Measurements())));
        RecipePlanning.Plan(
            new Budget(null, 4, null), options with { Methods = options.Methods with { Calibration = calibration with { Seed = 1 } } }, Context(), dense);
        Assert.Equal(2, Measurements().Length);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Measurements() => Directory.GetFiles(_folder, "measurement.json", SearchOption.AllDirectories);

    private RunContext Context() => new(_folder, _folder, new ComputeThreads(2), TimeProvider.System, null, null, TestContext.Current.CancellationToken);
}
