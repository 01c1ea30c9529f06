using System.Runtime.InteropServices;
using Gate.Models.Blueprints;
using Gate.Models.Engines;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Gate.Torch;

/// <summary>
/// Attention of a group of sequences. Query heads that share a key head are put below each other, so that keys and values are never repeated. Libtorch's fused
/// kernels do it (scaled_dot_product_attention), except where scores are capped or a sink takes part.
/// </summary>
internal sealed class TorchAttention(Device device) : IDisposable
{
    private readonly Dictionary<float[], Tensor> _constants = new(ReferenceEqualityComparer.Instance);

    /// <summary>Attends.</summary>
    /// <param name="group">Who attends to what.</param>
    /// <param name="projected">Queries from column 0 on, one row for each token of the batch.</param>
    /// <param name="arithmetic">What is computed.</param>
    /// <param name="keys">Rows of the store.</param>
    /// <param name="values">Rows of the store.</param>
    /// <returns>[sequences · queries, width of all query heads].</returns>
    public Tensor Attend(AttentionGroup group, Tensor projected, AttentionArithmetic arithmetic, Tensor keys, Tensor values)
    {
        Attention attention = arithmetic.Attention;
        int shared = attention.Heads / attention.KeyValueHeads, size = attention.HeadSize;
        Tensor queries = projected.narrow(1, 0, attention.QueryWidth);
        if (!group.IsWholeBatch)
            queries = queries.index_select(0, group.QueryRows);
        Tensor q = queries.reshape(group.Sequences, group.Queries, attention.KeyValueHeads, shared, size).permute(0, 2, 3, 1, 4)
            .reshape(group.Sequences, attention.KeyValueHeads, shared * group.Queries, size);
        Tensor k = Heads(keys, group, attention), v = Heads(values, group, attention);
        Tensor attended = attention.SoftCap > 0 || !arithmetic.Sinks.IsEmpty
            ? Plain(group, q, k, v, arithmetic)
            : Fused(group, q, k, v, arithmetic);
        return attended.view(group.Sequences, attention.KeyValueHeads, shared, group.Queries, size).permute(0, 3, 1, 2, 4)
            .reshape((long)group.Sequences * group.Queries, attention.QueryWidth);
    }

    public void Dispose()
    {
        foreach (Tensor constant in _constants.Values)
            constant.Dispose();
    }

    private Tensor Fused(AttentionGroup group, Tensor q, Tensor k, Tensor v, AttentionArithmetic arithmetic)
    {
        Attention attention = arithmetic.Attention;

        // The kernels scale by 1 / √size themselves.
        double factor = attention.Scale * Math.Sqrt(attention.HeadSize);
        if (Math.Abs(factor - 1) > 1e-6)
            q = q * factor;
        Tensor? bias = Bias(group, arithmetic);
        bool triangle = bias is null && group.IsTriangle(attention.Window) && attention.Heads == attention.KeyValueHeads;
        Tensor? mask = triangle ? null : bias is null ? Shared(group.Mask(attention.Window), group, attention) : Masked(bias, group, attention).to(q.dtype);
        return scaled_dot_product_attention(q, k, v, mask, 0, triangle);
    }

    private Tensor Plain(AttentionGroup group, Tensor q, Tensor k, Tensor v, AttentionArithmetic arithmetic)
    {
        Attention attention = arithmetic.Attention;
        Tensor scores = q.matmul(k.transpose(2, 3)).to(ScalarType.Float32).mul_(attention.Scale);
        if (attention.SoftCap > 0)
            scores = scores.div_(attention.SoftCap).tanh_().mul_(attention.SoftCap);
        if (Bias(group, arithmetic) is { } bias)
            scores = scores.add_(bias);
        scores = Masked(scores, group, attention);
        if (!arithmetic.Sinks.IsEmpty)
        {
            // The sink is one more key that has no value.
            Tensor sinks = Constant(arithmetic.Sinks).view(1, attention.KeyValueHeads, -1, 1)
                .repeat_interleave(group.Queries, 2).expand(group.Sequences, -1, -1, 1);
            scores = cat([scores, sinks], 3).softmax(3).narrow(3, 0, group.Keys);
        }
        else
        {
            scores = scores.softmax(3);
        }

        return scores.to(v.dtype).matmul(v);
    }

    private static Tensor Heads(Tensor stored, AttentionGroup group, Attention attention) =>
        stored.index_select(0, group.KeyRows).view(group.Sequences, group.Keys, attention.KeyValueHeads, attention.HeadSize).transpose(1, 2);

    private static Tensor Masked(Tensor scores, AttentionGroup group, Attention attention) =>
        Shared(group.Mask(attention.Window), group, attention) is { } mask ? scores.masked_fill(mask.logical_not(), float.NegativeInfinity) : scores;

    // The mask of all heads, once for each query head below the others.
    private static Tensor? Shared(Tensor? mask, AttentionGroup group, Attention attention)
    {
        int shared = attention.Heads / attention.KeyValueHeads;
        return mask is null || shared == 1
            ? mask
            : mask.unsqueeze(2).expand(-1, -1, shared, -1, -1).reshape(group.Sequences, 1, (long)shared * group.Queries, group.Keys);
    }

    // [sequences, key heads, query heads of one · queries, keys], or null.
    private Tensor? Bias(AttentionGroup group, AttentionArithmetic arithmetic)
    {
        Attention attention = arithmetic.Attention;
        Tensor? bias = null;
        if (!arithmetic.Slopes.IsEmpty)
        {
            bias = group.Distances().to(ScalarType.Float32) * Constant(arithmetic.Slopes).view(1, -1, 1, 1);
        }
        else if (arithmetic.Biases is { } biases)
        {
            Tensor table = Constant(biases.Values).view(attention.Heads, -1);
            Tensor distances = group.Distances().clamp(-biases.Reach, biases.Reach).add_(biases.Reach);
            bias = table.index_select(1, distances.flatten()).view(attention.Heads, group.Sequences, group.Queries, group.Keys).transpose(0, 1);
        }

        return bias?.reshape(group.Sequences, attention.KeyValueHeads, -1, group.Keys);
    }

    private Tensor Constant(ReadOnlyMemory<float> values)
    {
        float[] owner = MemoryMarshal.TryGetArray(values, out ArraySegment<float> array) && array.Count == array.Array!.Length ? array.Array : values.ToArray();
        if (!_constants.TryGetValue(owner, out Tensor? constant))
            _constants.Add(owner, constant = tensor(owner, dtype: ScalarType.Float32).to(device).DetachFromDisposeScope());
        return constant;
    }
}
