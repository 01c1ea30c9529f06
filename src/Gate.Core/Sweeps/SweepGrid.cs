using System.Collections.Immutable;
using System.Globalization;
using Gate.Compression;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;

namespace Gate.Core.Sweeps;

/// <summary>Spans the grid.</summary>
public static class SweepGrid
{
    /// <summary>All cells the shapes of the model allow and the format holds; <paramref name="refused"/> hears of the others.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="options">The grid.</param>
    /// <param name="settings">Further settings of the methods it names (damping, activation order, asymmetric grids, …), or null.</param>
    /// <param name="calibration">Calibration data for the methods that need them, or null.</param>
    /// <param name="layout">In which format the candidates are written, and sizes counted.</param>
    /// <param name="refused">Told the name and reason of cells that cannot be made.</param>
    /// <exception cref="GateException">Exit 2 (GATE4052): a method of the grid needs calibration data and there are none.</exception>
    public static ImmutableArray<SweepCell> Of(
        Model dense, SweepOptions options, Recipe? settings, CalibrationRecipe? calibration, CandidateLayout layout,
        Action<string, string> refused)
    {
        var cells = ImmutableArray.CreateBuilder<SweepCell>();
        foreach (ScopeKind scope in options.Scopes)
        {
            foreach (SweepZeros zeros in options.Zeros)
            {
                foreach (string prune in zeros.IsNone ? [""] : options.Prune)
                {
                    foreach (int bits in options.Bits.Where(bits => bits < 16 || !zeros.IsNone))
                    {
                        foreach (string quantize in bits == 16 ? [""] : options.Quantize)
                            Add(scope, zeros, prune, bits, quantize);
                    }
                }
            }
        }

        return cells.ToImmutable();

        void Add(ScopeKind kind, SweepZeros zeros, string prune, int bits, string quantize)
        {
            var scope = new Scope(kind, [], []);
            PruningRecipe? pruning = zeros.IsNone ? null : Settings(settings?.Prune, prune) with
            {
                Sparsity = zeros.Pattern is null ? zeros.Sparsity : null,
                Pattern = zeros.Pattern,
                Scope = scope,
            };
            QuantizationRecipe? quantization = bits == 16 ? null : Settings(settings?.Quantize, quantize) with
            {
                Bits = bits,
                GroupSize = BlockMethod.Find(quantize) is null ? options.GroupSize : null,
                Scope = scope,
            };
            bool calibrated = (pruning is not null && MethodNames.NeedsInputs(pruning)) || (quantization is not null && MethodNames.NeedsInputs(quantization));
            string name = NameOf(kind, zeros, pruning?.Structure is { } structure ? $"{prune} of {structure}" : prune, bits, quantize);
            try
            {
                var recipe = new Recipe(pruning, quantization, calibrated ? calibration : null);
                cells.Add(new SweepCell(name, kind, zeros.Share, bits, $"{prune}+{quantize}", Compressor.PlanOverAllLayers(dense, recipe, layout)));
            }
            // Missing calibration data are no matter of the model's shapes: whoever asks for the method wants it.
            catch (GateException exception) when (exception.Diagnostic.Code != "GATE4052")
            {
                refused(name, exception.Diagnostic.Message);
            }
        }
    }

    private static PruningRecipe Settings(PruningRecipe? configured, string method) =>
        configured?.Method == method ? configured : new PruningRecipe { Method = method };

    private static QuantizationRecipe Settings(QuantizationRecipe? configured, string method) =>
        configured?.Method == method ? configured : new QuantizationRecipe { Method = method, Bits = 8 };

    private static string NameOf(ScopeKind scope, SweepZeros zeros, string prune, int bits, string quantize)
    {
        string where = scope == ScopeKind.All ? "" : $", {NamedScope.Of(scope).Name}";
        string zero = zeros.Pattern is { } pattern ? $"{pattern.Zeros}:{pattern.Group} {prune}"
            : string.Create(CultureInfo.InvariantCulture, $"{zeros.Sparsity * 100:0.##} % {prune}");
        string[] parts = [.. new[] { zeros.IsNone ? "" : zero, bits == 16 ? "" : $"{bits} bit {quantize}" }.Where(part => part.Length > 0)];
        return string.Join(" + ", parts) + where;
    }
}
