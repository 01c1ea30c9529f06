using System.Collections.Immutable;
using Gate.Compression.Planning.Search;

namespace Gate.Core.Planning;

/// <summary>
/// How much the model suffers from error in one place: the divergence that about 1 % of noise there causes, divided by the error that it is. The noise
/// is that of real rounding: each unit takes the option whose error is nearest to 1 %.
/// </summary>
internal static class Sensitivity
{
    private const double Noise = 0.01;

    // Above this many units the blocks are probed as a whole: one trial each is what a planner may cost.
    private const int MostUnits = 64;

    /// <summary>The measurement with scales in nats of divergence per unit of error.</summary>
    /// <param name="measurement">Errors of every option.</param>
    /// <param name="search">The search.</param>
    /// <param name="trials">Measures candidates.</param>
    /// <param name="progress">Told finished trials and how many there are.</param>
    public static DamageMeasurement Scale(DamageMeasurement measurement, PlanSearch search, PlanTrials trials, Action<int, int> progress)
    {
        bool wholeBlocks = search.Units.Length > MostUnits;
        int[][] places = [.. Enumerable.Range(0, search.Units.Length)
            .GroupBy(unit => wholeBlocks ? search.Units[unit].Block : unit).Select(place => place.ToArray())];
        double[] scales = new double[search.Units.Length];
        for (int i = 0; i < places.Length; i++)
        {
            // A unit that the format cannot hold in codes stays as it is and does no harm.
            (int Unit, OptionMeasurement Noise)[] noise =
            [
                .. places[i].Select(unit => (Unit: unit, Noise: NearestToNoise(measurement.Units[unit], search.OptionsOf(unit), search.Units[unit].Layers.Length)))
                    .Where(change => change.Noise is not null).Select(change => (change.Unit, change.Noise!)),
            ];
            double divergence = noise.Length == 0 ? 0 : trials.Measure(search.Probe([.. noise.Select(change => (change.Unit, change.Noise.Option))])).Mean;
            double error = noise.Sum(change => change.Noise.Error);
            foreach (int unit in places[i])
                scales[unit] = error > 0 && double.IsFinite(divergence) ? divergence / error : 0;
            progress(i + 1, places.Length);
        }

        string of = wholeBlocks ? "block" : "unit";
        return measurement with
        {
            Scaling = $"measured divergence in nats per unit of error, about 1 % of noise in one {of} at a time",
            Units = [.. measurement.Units.Select((unit, i) => unit with { Scale = scales[i] })],
        };
    }

    private static OptionMeasurement? NearestToNoise(UnitMeasurement unit, ImmutableArray<StorageOption> held, int layers) =>
        unit.Options.Where(option => option.Option.Bits is not null && option.Option.Sparsity == 0 && option.Option.Pattern is null && held.Contains(option.Option))
            .MinBy(option => Math.Abs(Math.Log(Math.Max(option.Error, double.Epsilon) / (layers * Noise))));
}
