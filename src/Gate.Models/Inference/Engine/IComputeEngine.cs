using Gate.Models.Inference.Batching;

namespace Gate.Models.Inference.Engine;

/// <summary>
/// The coarse operations every architecture is written over. All matrices are row-major with one row for each token of the batch; an operation sets
/// the rows of its output. No bit of a row may depend on the other rows, their number or the threads.
/// </summary>
internal interface IComputeEngine : IDisposable
{
    /// <summary>Engine and numerics revision, part of a model's identity.</summary>
    string Name { get; }

    /// <summary>Copies values to the engine.</summary>
    DeviceMatrix Upload(int rows, int columns, ReadOnlySpan<float> values);

    /// <summary>Uploads the weights of layers that read the same input, stacked: their outputs follow each other in a row.</summary>
    /// <param name="layers">Weight matrices [outputs, inputs] and biases of the layers.</param>
    LinearWeights UploadLinear(IReadOnlyList<StoredLinear> layers);

    /// <summary>Makes the rows of a stored matrix available for lookup.</summary>
    EmbeddingTable UploadEmbedding(StoredMatrix table);

    /// <summary>An empty matrix for intermediate values; operations give it rows.</summary>
    DeviceMatrix Allocate(int columns);

    /// <summary>An empty key/value store.</summary>
    KeyValueStore AllocateStore(KeyValueShape shape);

    /// <summary>Rows of the table, one for each id.</summary>
    void Embed(EmbeddingTable table, ReadOnlySpan<int> ids, DeviceMatrix output);

    /// <summary>output = input · Wᵀ + b.</summary>
    void Linear(DeviceMatrix input, LinearWeights weights, DeviceMatrix output);

    /// <summary>Normalises every row; input and output may be the same.</summary>
    void Normalize(DeviceMatrix input, NormalizationSettings normalization, DeviceMatrix output);

    /// <summary>Normalises heads on their own, in place.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="firstColumn">First column of the first head.</param>
    /// <param name="heads">Neighbouring heads.</param>
    /// <param name="normalization">Its weight has one value for each column of a head.</param>
    void NormalizeHeads(DeviceMatrix matrix, int firstColumn, int heads, NormalizationSettings normalization);

    /// <summary>Rotates the first heads of every row by the angles of its position, in place, half-split.</summary>
    /// <param name="matrix">Heads from column 0 on.</param>
    /// <param name="heads">Heads to rotate.</param>
    /// <param name="headSize">Values per head.</param>
    /// <param name="table">One row per position: cosines of all pairs, then sines.</param>
    /// <param name="positions">Position of each row.</param>
    void Rotate(DeviceMatrix matrix, int heads, int headSize, DeviceMatrix table, ReadOnlySpan<int> positions);

    /// <summary>Stores the keys and values of the batch, then lets every token attend to its own sequence up to itself.</summary>
    /// <param name="batch">The segments.</param>
    /// <param name="projected">Columns: queries, then keys, then values.</param>
    /// <param name="shape">Heads, scale and window.</param>
    /// <param name="store">Receives the batch's rows.</param>
    /// <param name="layer">Block.</param>
    /// <param name="output">One row of <see cref="AttentionShape.QueryWidth"/> values per token.</param>
    void Attend(RaggedBatch batch, DeviceMatrix projected, AttentionShape shape, KeyValueStore store, int layer, DeviceMatrix output);

    /// <summary>output = activation(left half of the columns) · right half.</summary>
    void ActivateGated(DeviceMatrix gateAndUp, Activation activation, DeviceMatrix output);

    /// <summary>matrix = activation(matrix).</summary>
    void Activate(DeviceMatrix matrix, Activation activation);

    /// <summary>matrix += addend · scale.</summary>
    void Add(DeviceMatrix matrix, DeviceMatrix addend, float scale = 1);

    /// <summary>output = the selected rows of input.</summary>
    void SelectRows(DeviceMatrix input, ReadOnlySpan<int> rows, DeviceMatrix output);

    /// <summary>Moves runs of store rows to the front, in this order.</summary>
    /// <param name="store">The store.</param>
    /// <param name="runs">Runs in rising order, each at or behind the place it moves to.</param>
    void Compact(KeyValueStore store, IReadOnlyList<KeyValueRun> runs);

    /// <summary>Projects rows to the vocabulary, block by block, and answers what is wanted of their logits.</summary>
    /// <param name="states">Final states.</param>
    /// <param name="head">The projection.</param>
    /// <param name="queries">Ordered by row.</param>
    /// <param name="answers">One for each query.</param>
    void Project(DeviceMatrix states, LinearWeights head, ReadOnlyMemory<RowQuery> queries, Memory<NextTokenScores> answers);

    /// <summary>Projects rows to the vocabulary, block by block, and shows the logits of each in order.</summary>
    void VisitLogits(DeviceMatrix states, LinearWeights head, LogitsVisitor visit);
}
