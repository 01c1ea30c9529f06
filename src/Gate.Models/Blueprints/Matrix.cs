namespace Gate.Models.Blueprints;

/// <summary>How a matrix lies in its file.</summary>
internal enum MatrixStorage
{
    /// <summary>[outputs, inputs], as linear layers are stored.</summary>
    Rows,

    /// <summary>[inputs, outputs], as the <c>Conv1D</c> of GPT-2 is stored.</summary>
    Transposed,
}

/// <summary>One stored matrix, the unit of compression.</summary>
/// <param name="Module">Name of the module in the file, for example <c>model.layers.0.mlp.up_proj</c>.</param>
/// <param name="Outputs">Output features.</param>
/// <param name="Inputs">Input features.</param>
/// <param name="Storage">How it lies in the file.</param>
internal sealed record Matrix(string Module, int Outputs, int Inputs, MatrixStorage Storage = MatrixStorage.Rows)
{
    /// <summary>Name of the tensor.</summary>
    public string Tensor => $"{Module}.weight";
}

/// <summary>A stored vector: a bias or the weight of a norm.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="Length">Values.</param>
internal sealed record Vector(string Name, int Length)
{
    /// <summary>Whether it is stored as a matrix of one row.</summary>
    public bool IsRow { get; init; }
}

/// <summary>y = x·Wᵀ + b over rows of a matrix; several layers may share one matrix (fused query, key and value; gate and up).</summary>
/// <param name="Matrix">The stored matrix.</param>
/// <param name="Bias">One value for each output of the matrix, or null.</param>
/// <param name="Role">What the layer does.</param>
/// <param name="Rows">The rows of the matrix that are this layer's, or null for all of them.</param>
internal sealed record Linear(Matrix Matrix, Vector? Bias, LinearRole Role, RowPattern? Rows = null)
{
    /// <summary>Output features.</summary>
    public int Outputs => Rows is null ? Matrix.Outputs : Matrix.Outputs / Rows.Period * Rows.Count;

    /// <summary>Input features.</summary>
    public int Inputs => Matrix.Inputs;
}
