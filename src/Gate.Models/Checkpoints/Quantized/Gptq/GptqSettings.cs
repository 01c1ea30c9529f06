using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Checkpoints.Quantized.Gptq;

/// <summary>The settings of a GPTQ checkpoint (AutoGPTQ, GPTQModel), as far as they decide what the stored tensors mean.</summary>
/// <param name="Bits">Bits of a code: 2, 3, 4 or 8.</param>
/// <param name="GroupSize">Inputs that share a scale, or null for one group.</param>
/// <param name="Version">1 stores zero points less one, 2 as they are.</param>
internal sealed record GptqSettings(int Bits, int? GroupSize, int Version)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private ImmutableArray<Override> Overrides { get; init; } = [];

    /// <summary>Reads the settings.</summary>
    /// <exception cref="GateException">Exit 4: not as specified (GATE3111), or a layout Gate does not read (GATE3110).</exception>
    public static GptqSettings Read(CheckedJson settings)
    {
        CheckedJson? format = settings.Find("checkpoint_format") ?? settings.Find("format");
        int version = format?.AsString() switch
        {
            null or "gptq" => 1,
            "gptq_v2" => 2,
            string other => throw Unsupported(format, $"the checkpoint_format '{other}'"),
        };
        if (settings.Find("is_marlin_format")?.AsBoolean() == true)
            throw Unsupported(settings.Find("is_marlin_format")!, "the marlin layout");
        if (settings.Find("pack_dtype") is { } packed && packed.AsString() is not ("int32" or "torch.int32"))
            throw Unsupported(packed, $"codes packed in {packed.AsString()}");
        CheckedJson bits = settings.Find("bits") ?? settings.Find("w_bit") ?? settings.Find("wbits") ?? settings.Require("bits", "2, 3, 4 or 8");
        return new GptqSettings(BitsOf(bits), GroupSizeOf(settings), version)
        {
            Overrides = settings.Find("dynamic") is { } dynamic && dynamic.Is(JsonValueKind.Object)
                ? [.. dynamic.Properties().Select(property => Override.Read(property.Name, property.Value))]
                : [],
        };
    }

    /// <summary>The settings of a module; a later override does not replace an earlier one that matches.</summary>
    public GptqSettings For(string module)
    {
        foreach (Override change in Overrides)
        {
            if (change.Matches(module))
                return this with { Bits = change.Bits ?? Bits, GroupSize = change.HasGroupSize ? change.GroupSize : GroupSize };
        }

        return this;
    }

    private static int BitsOf(CheckedJson bits) => bits.AsInt32() is var value && value is 2 or 3 or 4 or 8
        ? value
        : throw Unsupported(bits, $"{value} bits");

    private static int? GroupSizeOf(CheckedJson settings)
    {
        if ((settings.Find("group_size") ?? settings.Find("q_group_size")) is not { } size)
            return null;
        int value = size.AsInt32(-1);
        return value switch
        {
            -1 => null,
            0 => throw size.Expected("an integer of at least 1, or -1 for one group"),
            _ => value,
        };
    }

    private static GateException Unsupported(CheckedJson at, string found) =>
        QuantizedDiagnostics.Unsupported(at.Source.Path, QuantizedFolder.LocationOf(at), $"gptq with {found}");

    // "+:expression" or "expression" changes settings of the modules it matches from the start; "-:expression" leaves them alone.
    private sealed record Override(CheckedJson Source, Regex Expression, int? Bits, bool HasGroupSize, int? GroupSize)
    {
        public static Override Read(string pattern, CheckedJson value)
        {
            string text = pattern.StartsWith("+:", StringComparison.Ordinal) || pattern.StartsWith("-:", StringComparison.Ordinal) ? pattern[2..] : pattern;
            try
            {
                var expression = new Regex($@"\A(?:{text})", RegexOptions.CultureInvariant, Limit);
                return value.Is(JsonValueKind.Object)
                    ? new Override(
                        value, expression, value.Find("bits") is { } bits ? BitsOf(bits) : null,
                        value.Find("group_size") is not null, GroupSizeOf(value))
                    : new Override(value, expression, null, false, null);
            }
            catch (ArgumentException exception)
            {
                throw value.Refuse($"expected a regular expression as its name, found: {exception.Message.TrimEnd('.')}", exception);
            }
        }

        public bool Matches(string module)
        {
            try
            {
                return Expression.IsMatch(module);
            }
            catch (RegexMatchTimeoutException exception)
            {
                throw Source.Refuse("expected a regular expression that is quickly matched, found one that is not", exception);
            }
        }
    }
}
