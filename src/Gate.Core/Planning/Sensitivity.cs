using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Planning.Search;
using Gate.Models.Engines;

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
    /// <param name="trials">Knows what was measured before.</param>
    /// <param name="noise">Makes the changed weights.</param>
    /// <param name="probes">Measures the model with a place changed.</param>
    /// <param name="progress">Told finished places and how many there are.</param>
    public static DamageMeasurement Scale(
        DamageMeasurement measurement, PlanSearch search, PlanTrials trials, UnitNoise noise, PlaceProbes probes, Action<int, int> progress)
    {
        bool wholeBlocks = search.Units.Length > MostUnits;
        Place[] places = [.. Enumerable.Range(0, search.Units.Length)
            .GroupBy(unit => wholeBlocks ? search.Units[unit].Block : unit).Select(units => PlaceOf([.. units], measurement, search))];
        double[] scales = new double[search.Units.Length];
        int done = 0;
        foreach (Place[] block in places.GroupBy(place => search.Units[place.Units[0]].Block).Select(block => block.ToArray()))
        {
            // Of all places of a block first: what the noise is made with is given up before a model runs.
            (CompressionPlan, IReadOnlyDictionary<string, ReplacedWeights>)[] made =
            [
                .. block.Where(place => place.Plan is not null && trials.FindProbe(place.Plan) is null)
                    .Select(place => (place.Plan!, (IReadOnlyDictionary<string, ReplacedWeights>)place.Noise
                        .SelectMany(change => noise.Of(search.Units[change.Unit], change.Measured.Option)).ToDictionary(StringComparer.Ordinal))),
            ];
            noise.Rest();
            if (made.Length > 0)
                probes.Measure(search.Units[block[0].Units[0]].Block, made);

            foreach (Place place in block)
            {
                double divergence = place.Plan is null ? 0 : trials.FindProbe(place.Plan)!.Mean;
                double error = place.Noise.Sum(change => change.Measured.Error);
                foreach (int unit in place.Units)
                    scales[unit] = error > 0 && double.IsFinite(divergence) ? divergence / error : 0;
            }

            progress(done += block.Length, places.Length);
        }

        string of = wholeBlocks ? "block" : "unit";
        return measurement with
        {
            Scaling = $"measured divergence in nats per unit of error, about 1 % of noise in one {of} at a time",
            Units = [.. measurement.Units.Select((unit, i) => unit with { Scale = scales[i] })],
        };
    }

    // A unit that the format cannot hold in codes stays as it is and does no harm.
    private static Place PlaceOf(ImmutableArray<int> units, DamageMeasurement measurement, PlanSearch search)
    {
        ImmutableArray<(int Unit, OptionMeasurement Measured)> noise =
        [
            .. units.Select(unit => (Unit: unit, Measured: NearestToNoise(measurement.Units[unit], search.OptionsOf(unit), search.Units[unit].Layers.Length)))
                .Where(change => change.Measured is not null).Select(change => (change.Unit, change.Measured!)),
        ];
        return new Place(units, noise, noise.IsEmpty ? null : search.Probe([.. noise.Select(change => (change.Unit, change.Measured.Option))]));
    }

    private static OptionMeasurement? NearestToNoise(UnitMeasurement unit, ImmutableArray<StorageOption> held, int layers) =>
        unit.Options.Where(option => option.Option.Bits is not null && option.Option.Sparsity == 0 && option.Option.Pattern is null && held.Contains(option.Option))
            .MinBy(option => Math.Abs(Math.Log(Math.Max(option.Error, double.Epsilon) / (layers * Noise))));

    // Units that are probed together, the option that each of them takes, and the plan of these changes, or null where nothing changes.
    private sealed record Place(ImmutableArray<int> Units, ImmutableArray<(int Unit, OptionMeasurement Measured)> Noise, CompressionPlan? Plan);
}
