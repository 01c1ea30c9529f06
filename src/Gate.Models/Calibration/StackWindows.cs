using Gate.Models.Blueprints;
using Gate.Models.Runtime;

namespace Gate.Models.Calibration;

/// <summary>The windows that one stack reads, cut into batches.</summary>
/// <param name="Stack">The stack.</param>
/// <param name="FirstBlock">Index of its first block, counted through encoder and decoder.</param>
/// <param name="Windows">Token ids of each window.</param>
/// <param name="Batches">The same in batches.</param>
internal sealed record StackWindows(Stack Stack, int FirstBlock, IReadOnlyList<int[]> Windows, IReadOnlyList<WindowBatch> Batches)
{
    /// <summary>Values of one row of its residual stream.</summary>
    public int Width => Stack.Embedding.Width;

    /// <summary>Values of its residual stream on all windows.</summary>
    public long Values => Windows.Sum(window => (long)window.Length) * Width;

    /// <summary>
    /// What each stack of a model reads of calibration windows. Of an encoder–decoder the encoder reads the first half of each window and the decoder goes on
    /// with the second, behind its start token.
    /// </summary>
    public static IReadOnlyList<StackWindows> Of(Blueprint blueprint, IReadOnlyList<int[]> windows, int batchTokens)
    {
        PositionClasses classes = PositionClasses.Of(blueprint);
        if (blueprint is not { Encoder: { } encoder, Decoder: { } decoder })
            return [Cut((blueprint.Decoder ?? blueprint.Encoder)!, 0, windows)];
        int start = blueprint.DecoderStartId ?? 0;
        return
        [
            Cut(encoder, 0, [.. windows.Select(window => window[..((window.Length + 1) / 2)])]),
            Cut(decoder, encoder.Blocks.Length, [.. windows.Select(window => (int[])[start, .. window[((window.Length + 1) / 2)..]])]),
        ];

        StackWindows Cut(Stack stack, int firstBlock, IReadOnlyList<int[]> read) =>
            new(stack, firstBlock, read, WindowBatch.Cut(read, batchTokens, classes.Of));
    }
}
