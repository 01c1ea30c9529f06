using Gate.Evaluation.Tasks;
using Gate.Models.Inference;

namespace Gate.Core.Caching;

/// <summary>
/// Item results by content: what the model is, what the task asks, what the item says, which build of Gate scores it. A name or a path is never part of a key, so that two models
/// cannot share an entry; each entry carries the key it was made for and is checked against it when it is read.
/// </summary>
/// <param name="store">The cache, or null to keep nothing.</param>
public sealed class ItemResultCache(CacheStore? store)
{
    // The code that asks, scores and computes: a result of another build of it is never taken for one of this build.
    private static readonly string Build = string.Join(' ',
        new[] { typeof(Gate.Evaluation.Evaluator), typeof(ILanguageModel), typeof(Gate.Numerics.NumericsRevision) }
            .Select(type => type.Module.ModuleVersionId.ToString("N")));

    /// <summary>The entries of one model on one task.</summary>
    /// <param name="model">The model.</param>
    /// <param name="task">The task.</param>
    public ItemResultEntries Open(ModelIdentity model, TaskDefinition task)
    {
        string modelKey = KeyOf(model);
        string taskKey = ContentHash.Of("gate item results 2", Build, task.DefinitionHash, task.Kind.ToString(), task.Metric, task.Protocol);
        return new ItemResultEntries(store?.Open("items", ContentHash.Of(modelKey, taskKey)[..32]), modelKey, taskKey);
    }

    /// <summary>The hash that stands for a model in keys: weights, configuration, tokenizer, engine and numerics revision.</summary>
    public static string KeyOf(ModelIdentity model) => ContentHash.Of(
        "gate model 1", model.Family, model.WeightsHash, model.ConfigurationHash, model.TokenizerHash, model.Engine,
        Gate.Numerics.NumericsRevision.Current.ToString());
}
