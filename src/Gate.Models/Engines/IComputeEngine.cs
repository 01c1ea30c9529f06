using Gate.Diagnostics;
using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Questions;

namespace Gate.Models.Engines;

/// <summary>
/// The coarse operations every architecture is written over. All matrices are row-major with one row for each token of the batch; an operation sets
/// the rows of its output. No bit of a row may depend on the other rows, their number or the threads, unless the engine says that it is not bit-exact (<see cref="EngineFactory.IsBitExact"/>). Values cross
/// to the engine in <see cref="Write"/> and with the batch, and come back in <see cref="Read"/>, <see cref="Route"/> and the answers about logits; nothing else waits for it.
/// </summary>
internal interface IComputeEngine : IDisposable
{
    /// <summary>The refusal that an exception of an operation comes to when it says that the device's memory is full, else null.</summary>
    GateException? OutOfMemory(Exception exception);

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
    void Normalize(DeviceMatrix input, NormWeights norm, DeviceMatrix output);

    /// <summary>Normalises heads on their own, in place.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="firstColumn">First column of the first head.</param>
    /// <param name="heads">Neighbouring heads.</param>
    /// <param name="norm">Its weight has one value for each column of a head.</param>
    void NormalizeHeads(DeviceMatrix matrix, int firstColumn, int heads, NormWeights norm);

    /// <summary>Rotates the first heads of every row by the angles of its position, in place.</summary>
    /// <param name="batch">The tokens: one row of the matrix for each.</param>
    /// <param name="matrix">Heads from column 0 on.</param>
    /// <param name="heads">Heads to rotate.</param>
    /// <param name="headSize">Values per head.</param>
    /// <param name="rotary">How many values of a head turn, and which of them together.</param>
    /// <param name="table">One row per position: cosines of all pairs, then sines.</param>
    void Rotate(RaggedBatch batch, DeviceMatrix matrix, int heads, int headSize, Rotary rotary, DeviceMatrix table);

    /// <summary>Stores the keys and values of a batch in the rows its segments name.</summary>
    /// <param name="batch">The segments.</param>
    /// <param name="projected">Keys, then values, from a column on.</param>
    /// <param name="firstColumn">First column of the keys.</param>
    /// <param name="store">Receives the batch's rows.</param>
    /// <param name="layer">Layer of the store.</param>
    void Store(RaggedBatch batch, DeviceMatrix projected, int firstColumn, KeyValueStore store, int layer);

    /// <summary>Lets every token of a batch attend to what it sees: its own sequence up to itself, all of it, or what its segment names as memory.</summary>
    /// <param name="batch">The segments.</param>
    /// <param name="queries">Queries from column 0 on.</param>
    /// <param name="arithmetic">What is computed.</param>
    /// <param name="store">Keys and values; those of the batch are stored.</param>
    /// <param name="layer">Layer of the store.</param>
    /// <param name="output">One row of the width of all query heads per token.</param>
    void Attend(RaggedBatch batch, DeviceMatrix queries, AttentionArithmetic arithmetic, KeyValueStore store, int layer, DeviceMatrix output);

    /// <summary>Chooses experts: of every row the largest logits, their softmax over all experts or over the chosen ones as weights.</summary>
    /// <param name="logits">One logit for each expert.</param>
    /// <param name="chosen">Experts of a row; the lower index wins a tie.</param>
    /// <param name="renormalize">Whether the weights of the chosen ones are made to sum to one.</param>
    /// <returns>The experts that any row chose, in order.</returns>
    IReadOnlyList<ExpertRows> Route(DeviceMatrix logits, int chosen, bool renormalize);

    /// <summary>Sets all values to zero.</summary>
    void Clear(DeviceMatrix matrix, int rows);

    /// <summary>Adds weighted rows to some rows of a matrix.</summary>
    /// <param name="matrix">Changed in place.</param>
    /// <param name="rows">Which of its rows.</param>
    /// <param name="addend">One row for each.</param>
    /// <param name="weights">What each is multiplied by.</param>
    void AddRows(DeviceMatrix matrix, ReadOnlySpan<int> rows, DeviceMatrix addend, ReadOnlySpan<float> weights);

    /// <summary>Multiplies every row by the sigmoid of its only gate.</summary>
    /// <param name="matrix">Changed in place.</param>
    /// <param name="gates">One value for each row.</param>
    void MultiplyBySigmoid(DeviceMatrix matrix, DeviceMatrix gates);

    /// <summary>Multiplies every value.</summary>
    void Scale(DeviceMatrix matrix, float factor);

    /// <summary>Gives a matrix rows and values.</summary>
    /// <param name="matrix">Receives them.</param>
    /// <param name="rows">Its rows from now on.</param>
    /// <param name="fill">Sets every value, row-major.</param>
    void Write(DeviceMatrix matrix, int rows, MatrixFiller fill);

    /// <summary>The values of a matrix, row-major, as long as it is not changed and no other is read.</summary>
    ReadOnlySpan<float> Read(DeviceMatrix matrix);

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
    /// <param name="softCap">Logits become cap · tanh(logit / cap); 0 for none.</param>
    /// <param name="queries">Ordered by row.</param>
    /// <param name="answers">One for each query.</param>
    void Project(DeviceMatrix states, LinearWeights head, float softCap, ReadOnlyMemory<RowQuery> queries, Memory<NextTokenScores> answers);

    /// <summary>Projects rows to the vocabulary, block by block, and shows the logits of each in order.</summary>
    void VisitLogits(DeviceMatrix states, LinearWeights head, float softCap, LogitsVisitor visit);
}

/// <summary>Sets the values of a matrix.</summary>
/// <param name="values">All of them, row-major.</param>
internal delegate void MatrixFiller(Span<float> values);
