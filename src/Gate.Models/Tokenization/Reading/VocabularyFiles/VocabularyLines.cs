using System.Text;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;

namespace Gate.Models.Tokenization.Reading.VocabularyFiles;

/// <summary>Reads vocabularies with one entry to a line.</summary>
internal static class VocabularyLines
{
    private const long MaximumBytes = 512L << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines without their ends, whichever kind they are; what follows the last end is a line only when it is not empty.</summary>
    /// <exception cref="GateException">Exit 4: unreadable, too large, not UTF-8.</exception>
    public static string[] Read(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaximumBytes)
                throw ConversionRefusals.Malformed(path, $"expected at most {MaximumBytes} bytes, found {length}");
            string text = Strict.GetString(RegularFile.ReadAllBytes(path));
            string[] lines = text.ReplaceLineEndings("\n").Split('\n');
            return lines[^1].Length == 0 ? lines[..^1] : lines;
        }
        catch (DecoderFallbackException exception)
        {
            throw ConversionRefusals.Malformed(path, $"expected UTF-8 text, found bytes that are not (at byte {exception.Index})");
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw FileDiagnostics.Unreadable(path, exception);
        }
    }
}
