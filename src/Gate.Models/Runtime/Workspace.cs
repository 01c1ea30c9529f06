using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>Shown the input of linear layers before they multiply it.</summary>
/// <param name="matrix">The matrix of the first of the layers.</param>
/// <param name="input">The rows they read.</param>
/// <param name="rows">Which rows of the batch these are, ascending, or null for all of them.</param>
internal delegate void LinearObserver(Matrix matrix, DeviceMatrix input, int[]? rows);

/// <summary>Shown what an expert made of the rows that chose it, before they are weighed.</summary>
/// <param name="routed">The expert, its rows and their weights.</param>
/// <param name="outputs">One row for each.</param>
internal delegate void ExpertObserver(ExpertRows routed, DeviceMatrix outputs);

/// <summary>
/// What all parts of a model share on an engine: weights that were uploaded (each once, however often a blueprint names it), tables of positions, and the
/// matrices of intermediate values, one for each purpose and width.
/// </summary>
internal sealed class Workspace(IComputeEngine engine, ModelWeights weights, LinearObserver? observer = null, ExpertObserver? experts = null)
{
    private readonly Dictionary<(string Purpose, int Columns), DeviceMatrix> _scratch = [];
    private readonly Dictionary<Norm, NormWeights> _norms = [];
    private readonly Dictionary<string, LinearWeights> _linears = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EmbeddingTable> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<Rotary, RotaryTables> _rotaries = [];

    /// <summary>Where to compute.</summary>
    public IComputeEngine Engine => engine;

    /// <summary>A matrix for intermediate values; whoever asks for the same purpose and width gets the same one.</summary>
    public DeviceMatrix Scratch(string purpose, int columns)
    {
        if (!_scratch.TryGetValue((purpose, columns), out DeviceMatrix? matrix))
            _scratch.Add((purpose, columns), matrix = engine.Allocate(columns));
        return matrix;
    }

    /// <summary>Uploads a norm.</summary>
    public NormWeights? Norm(Norm? norm)
    {
        if (norm is null)
            return null;
        if (!_norms.TryGetValue(norm, out NormWeights? uploaded))
            _norms.Add(norm, uploaded = new NormWeights(norm, Row(norm.Weight), norm.Bias is null ? null : Row(norm.Bias)));
        return uploaded;
    }

    /// <summary>Uploads linear layers that read the same input, side by side.</summary>
    public LinearWeights Linear(params ReadOnlySpan<Linear> linears)
    {
        string key = string.Join('+', linears.ToArray().Select(linear => $"{linear.Matrix.Tensor} {linear.Rows}"));
        if (_linears.TryGetValue(key, out LinearWeights? uploaded))
            return uploaded;
        StoredLinear[] stored = new StoredLinear[linears.Length];
        for (int i = 0; i < stored.Length; i++)
            stored[i] = weights.Linear(linears[i]);
        _linears.Add(key, uploaded = engine.UploadLinear(stored));
        return uploaded;
    }

    /// <summary>Uploads a table of rows.</summary>
    public EmbeddingTable Table(string tensor)
    {
        if (!_tables.TryGetValue(tensor, out EmbeddingTable? uploaded))
            _tables.Add(tensor, uploaded = engine.UploadEmbedding(weights.Matrix(tensor)));
        return uploaded;
    }

    /// <summary>The values of a small tensor.</summary>
    public float[] Vector(string tensor) => weights.Vector(tensor);

    /// <summary>Angles of rotary positions.</summary>
    public RotaryTables Rotary(Rotary rotary)
    {
        if (!_rotaries.TryGetValue(rotary, out RotaryTables? tables))
            _rotaries.Add(rotary, tables = new RotaryTables(rotary, engine));
        return tables;
    }

    /// <summary>Multiplies, and shows the input to whoever observes.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="layers">What <see cref="Linear"/> gave.</param>
    /// <param name="first">The first of the layers.</param>
    /// <param name="output">Receives the products.</param>
    /// <param name="rows">Which rows of the batch the input has, or null for all.</param>
    public void Multiply(DeviceMatrix input, LinearWeights layers, Linear first, DeviceMatrix output, int[]? rows = null)
    {
        observer?.Invoke(first.Matrix, input, rows);
        engine.Linear(input, layers, output);
    }

    /// <summary>Shows what an expert made to whoever observes.</summary>
    public void Show(ExpertRows routed, DeviceMatrix outputs) => experts?.Invoke(routed, outputs);

    private DeviceMatrix Row(Vector vector) => engine.Upload(1, vector.Length, weights.Vector(vector.Name));
}
