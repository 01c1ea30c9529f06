using Gate.Models.Checkpoints;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>
/// A family of models. What it needs from a checkpoint follows from the configuration alone; what it computes is written over the operations of
/// <see cref="IComputeEngine"/> and knows no engine. A new family is one file and one line in <see cref="ArchitectureRegistry"/>.
/// </summary>
internal interface IArchitecture
{
    /// <summary>The <c>model_type</c> of its configurations, for example <c>llama</c>.</summary>
    string Family { get; }

    /// <summary>The tensors a configuration asks for. Allocates nothing that grows with the model's width.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: a value is missing, absurd or not supported.</exception>
    TensorLayout Describe(ModelConfiguration configuration);

    /// <summary>The configuration values that decide the arithmetic, as text: two configurations with the same text compute the same.</summary>
    string Arithmetic(ModelConfiguration configuration);

    /// <summary>Uploads the weights and returns the model, ready to run.</summary>
    /// <param name="configuration">A configuration <see cref="Describe"/> accepted.</param>
    /// <param name="weights">The tensors of the layout, already checked.</param>
    /// <param name="engine">Where to compute.</param>
    IDecoder Build(ModelConfiguration configuration, ModelWeights weights, IComputeEngine engine);

    /// <summary>The same model in parts that are uploaded one at a time.</summary>
    /// <param name="configuration">A configuration <see cref="Describe"/> accepted.</param>
    IBlockSequence TakeApart(ModelConfiguration configuration);
}
