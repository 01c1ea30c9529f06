using System.Text;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;

namespace Gate.Models.Tokenization.Reading.SentencePiece;

/// <summary>Reads SentencePiece model files, which are messages in the encoding of Protocol Buffers.</summary>
internal static class SentencePieceFile
{
    private const long MaximumBytes = 512L << 20;
    private const int Unigram = 1, BytePairs = 2;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The model.</summary>
    /// <exception cref="GateException">Exit 4: unreadable, malformed, or trained as words or characters (GATE3055).</exception>
    public static SentencePieceModel Read(string path)
    {
        var model = new SentencePieceModel(path, [], false, false, 0, "<unk>", default, true);
        var pieces = new List<ModelPiece>();
        var message = new ProtocolBuffer(Load(path), path);
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1:
                    pieces.Add(ReadPiece(message.Bytes, path, pieces.Count));
                    break;
                case 2:
                    model = ReadTraining(message.Bytes, model);
                    break;
                case 3:
                    model = ReadNormalization(message.Bytes, model);
                    break;
            }
        }

        if (pieces.Count == 0)
            throw ConversionRefusals.Malformed(path, "expected a SentencePiece model, found no pieces");
        return model.UnknownId < pieces.Count
            ? model with { Pieces = pieces }
            : throw ConversionRefusals.Malformed(path, $"expected the unknown piece among {pieces.Count} pieces, found the id {model.UnknownId}");
    }

    private static byte[] Load(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            return length <= MaximumBytes
                ? RegularFile.ReadAllBytes(path)
                : throw ConversionRefusals.Malformed(path, $"expected at most {MaximumBytes} bytes, found {length}");
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw FileDiagnostics.Unreadable(path, exception);
        }
    }

    private static ModelPiece ReadPiece(ReadOnlySpan<byte> bytes, string path, int id)
    {
        var piece = new ModelPiece("", 0, ModelPieceKind.Normal);
        var message = new ProtocolBuffer(bytes, path);
        while (message.Next())
        {
            piece = message.Field switch
            {
                1 => piece with { Text = Text(message.Bytes, path, id) },
                2 => piece with { Score = BitConverter.UInt32BitsToSingle((uint)message.Number) },
                3 => piece with { Kind = (ModelPieceKind)message.Number },
                _ => piece,
            };
        }

        if (!double.IsFinite(piece.Score) || !Enum.IsDefined(piece.Kind))
            throw ConversionRefusals.Malformed(path, $"piece {id}: expected a finite score and a kind from 1 to 6, found {piece.Score} and {(int)piece.Kind}");
        return piece;
    }

    private static SentencePieceModel ReadTraining(ReadOnlySpan<byte> bytes, SentencePieceModel model)
    {
        var message = new ProtocolBuffer(bytes, model.Path);
        while (message.Next())
        {
            model = message.Field switch
            {
                3 when message.Number is Unigram or BytePairs => model with { IsBytePairs = message.Number == BytePairs },
                3 => throw ConversionRefusals.Malformed(model.Path, $"expected a unigram model (1) or byte pairs (2), found the kind {message.Number}"),
                35 => model with { FallsBackToBytes = message.Number != 0 },
                40 => message.Number <= int.MaxValue
                    ? model with { UnknownId = (int)message.Number }
                    : throw ConversionRefusals.Malformed(model.Path, "expected an unknown piece, found none"),
                45 => model with { UnknownPiece = Text(message.Bytes, model.Path, model.UnknownId) },
                _ => model,
            };
        }

        return model;
    }

    private static SentencePieceModel ReadNormalization(ReadOnlySpan<byte> bytes, SentencePieceModel model)
    {
        var message = new ProtocolBuffer(bytes, model.Path);
        while (message.Next())
        {
            model = message.Field switch
            {
                2 => model with { NormalizationMap = message.Bytes.ToArray() },
                3 => model with { AddsDummyPrefix = message.Number != 0 },
                _ => model,
            };
        }

        return model;
    }

    private static string Text(ReadOnlySpan<byte> bytes, string path, int id)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw ConversionRefusals.Malformed(path, $"piece {id}: expected UTF-8 text, found bytes that are not");
        }
    }
}
