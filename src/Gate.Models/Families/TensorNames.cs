using Gate.Models.Blueprints;

namespace Gate.Models.Families;

/// <summary>Picks the spelling of names that a checkpoint uses.</summary>
/// <param name="has">Whether the checkpoint has a tensor.</param>
internal sealed class TensorNames(Func<string, bool> has)
{
    /// <summary>Names as they are written today, and every matrix as [outputs, inputs], as GGUF holds them.</summary>
    public static TensorNames AsStored { get; } = new(_ => true) { Turned = MatrixStorage.Rows };

    /// <summary>How a matrix lies in the files that the library keeps as [inputs, outputs].</summary>
    public MatrixStorage Turned { get; private init; } = MatrixStorage.Transposed;

    /// <summary>The first of several spellings that there is, or the first of all when there is none.</summary>
    public string First(params ReadOnlySpan<string> spellings)
    {
        foreach (string spelling in spellings)
        {
            if (has(spelling))
                return spelling;
        }

        return spellings[0];
    }

    /// <summary>The prefix of a tensor that every model of the family has.</summary>
    /// <param name="tensor">Its name behind the prefix.</param>
    /// <param name="prefixes">The prefix that is written today, then others.</param>
    public string Prefix(string tensor, params ReadOnlySpan<string> prefixes)
    {
        foreach (string prefix in prefixes)
        {
            if (has(prefix + tensor))
                return prefix;
        }

        return prefixes[0];
    }
}
