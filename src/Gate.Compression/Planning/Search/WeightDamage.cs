using Gate.Compression.Quantization;
using Gate.Models.Architectures;
using Gate.Numerics.Threading;

namespace Gate.Compression.Planning.Search;

/// <summary>‖W − Ŵ‖² / ‖W‖²: needs no data.</summary>
/// <param name="threads">Threads of the kernels.</param>
internal sealed class WeightDamage(ComputeThreads threads) : IUnitDamage
{
    public string Name => "relative squared weight error";

    public void Enter(PlanningUnit unit)
    {
    }

    public IEnumerable<double> Of(LinearLayer layer, float[] weights, IEnumerable<PlannedLayer> options)
    {
        foreach (PlannedLayer option in options)
        {
            float[] after = [.. weights];
            LayerCompression.Apply(layer, option, after, global: null, threads, ScaleStorage.Half);
            yield return ErrorOf(weights, after);
        }
    }

    public void Dispose()
    {
    }

    private static double ErrorOf(float[] before, float[] after)
    {
        double error = 0, size = 0;
        for (int i = 0; i < before.Length; i++)
        {
            double difference = (double)before[i] - after[i];
            error += difference * difference;
            size += (double)before[i] * before[i];
        }

        return size == 0 ? 0 : error / size;
    }
}
