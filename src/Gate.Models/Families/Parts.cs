using System.Collections.Immutable;
using Gate.Models.Blueprints;

namespace Gate.Models.Families;

/// <summary>Shorthands in which families are written.</summary>
internal static class Parts
{
    /// <summary>A linear layer that has a matrix of its own.</summary>
    public static Linear Layer(string module, int outputs, int inputs, LinearRole role, bool bias = false, MatrixStorage storage = MatrixStorage.Rows) =>
        new(new Matrix(module, outputs, inputs, storage), bias ? new Vector($"{module}.bias", outputs) : null, role);

    /// <summary>A linear layer that is some rows of a matrix.</summary>
    public static Linear Rows(Matrix matrix, LinearRole role, bool bias, int first, int count, int period) =>
        new(matrix, bias ? new Vector($"{matrix.Module}.bias", matrix.Outputs) : null, role, new RowPattern(first, count, period));

    /// <summary>RMSNorm.</summary>
    public static Norm Rms(string module, int width, float epsilon, float offset = 0) =>
        new(NormKind.RootMeanSquare, new Vector($"{module}.weight", width), null, epsilon) { WeightOffset = offset };

    /// <summary>LayerNorm.</summary>
    public static Norm Layer(string module, int width, float epsilon, bool bias = true) =>
        new(NormKind.Layer, new Vector($"{module}.weight", width), bias ? new Vector($"{module}.bias", width) : null, epsilon);

    /// <summary>Query, key and value in one matrix, in three blocks.</summary>
    public static (Linear Query, Linear Key, Linear Value) Fused(Matrix matrix, bool bias, int queries, int keys) => (
        Rows(matrix, LinearRole.AttentionQuery, bias, 0, queries, matrix.Outputs),
        Rows(matrix, LinearRole.AttentionKey, bias, queries, keys, matrix.Outputs),
        Rows(matrix, LinearRole.AttentionValue, bias, queries + keys, keys, matrix.Outputs));

    /// <summary>Query, key and value in one matrix, head by head (or group by group: the query heads that share a key, the key, the value).</summary>
    public static (Linear Query, Linear Key, Linear Value) Interleaved(Matrix matrix, bool bias, int headSize, int sharing = 1) => (
        Rows(matrix, LinearRole.AttentionQuery, bias, 0, sharing * headSize, (sharing + 2) * headSize),
        Rows(matrix, LinearRole.AttentionKey, bias, sharing * headSize, headSize, (sharing + 2) * headSize),
        Rows(matrix, LinearRole.AttentionValue, bias, (sharing + 1) * headSize, headSize, (sharing + 2) * headSize));

    /// <summary>Attention of layers that have a matrix each.</summary>
    /// <param name="query">Module of the query; the others likewise.</param>
    /// <param name="key">Of the key.</param>
    /// <param name="value">Of the value.</param>
    /// <param name="output">Of the output.</param>
    /// <param name="width">Width of the stream.</param>
    /// <param name="heads">Heads of queries, keys and values.</param>
    /// <param name="bias">Whether all four have biases.</param>
    public static Attention MultiHead(string query, string key, string value, string output, int width, int heads, bool bias = true) => new(
        Layer(query, width, width, LinearRole.AttentionQuery, bias), Layer(key, width, width, LinearRole.AttentionKey, bias),
        Layer(value, width, width, LinearRole.AttentionValue, bias), Layer(output, width, width, LinearRole.AttentionOutput, bias),
        heads, heads, width / heads, RootScale(width / heads));

    /// <summary>1 / √size.</summary>
    public static float RootScale(double size) => (float)(1 / Math.Sqrt(size));

    /// <summary>A feed-forward without a gate.</summary>
    public static FeedForward Plain(
        string up, string down, int width, int inner, Activation activation, bool bias = true, MatrixStorage storage = MatrixStorage.Rows) => new(
        null, Layer(up, inner, width, LinearRole.FeedForwardUp, bias, storage), Layer(down, width, inner, LinearRole.FeedForwardDown, bias, storage), activation);

    /// <summary>A feed-forward with a gate.</summary>
    public static FeedForward Gated(string gate, string up, string down, int width, int inner, Activation activation, bool bias = false) => new(
        Layer(gate, inner, width, LinearRole.FeedForwardGate, bias), Layer(up, inner, width, LinearRole.FeedForwardUp, bias),
        Layer(down, width, inner, LinearRole.FeedForwardDown, bias), activation);

    /// <summary>A feed-forward whose gate and up projection are one matrix, the gate first.</summary>
    public static FeedForward GatedInOne(string gateUp, string down, int width, int inner, Activation activation)
    {
        Matrix matrix = new(gateUp, 2 * inner, width);
        return new(
            Rows(matrix, LinearRole.FeedForwardGate, false, 0, inner, 2 * inner), Rows(matrix, LinearRole.FeedForwardUp, false, inner, inner, 2 * inner),
            Layer(down, width, inner, LinearRole.FeedForwardDown), activation);
    }

    /// <summary>Blocks made by their index.</summary>
    public static ImmutableArray<ImmutableArray<Step>> Blocks(int count, Func<int, ImmutableArray<Step>> block) => [.. Enumerable.Range(0, count).Select(block)];

    /// <summary>A table of rows by token.</summary>
    public static Embedding Table(string module, int rows, int width) => new(new Matrix(module, rows, width));

    /// <summary>The head whose projection is the embedding.</summary>
    public static Head Tied(Embedding embedding, Vector? bias = null) => new(new Linear(embedding.Table, bias, LinearRole.FinalDense));

    /// <summary>The head of a decoder, tied or not, and the copy of it that a tied model may store.</summary>
    public static (Head Head, ImmutableArray<TensorCopy> Copies) HeadOf(Embedding embedding, bool tied, string module, bool bias = false) => tied
        ? (Tied(embedding), [new TensorCopy($"{module}.weight", embedding.Table.Tensor)])
        : (new Head(Layer(module, embedding.Table.Outputs, embedding.Table.Inputs, LinearRole.FinalDense, bias)), []);
}
