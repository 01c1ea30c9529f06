using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Diagnostics;

namespace Gate.Tool.CommandLine;

/// <summary>The size the cache may grow to: <c>GATE_CACHE_MAX_SIZE</c>, else 2 GiB.</summary>
internal static class CacheLimit
{
    private const string Variable = "GATE_CACHE_MAX_SIZE";

    /// <summary>Bytes.</summary>
    /// <exception cref="GateException">Exit 2: the variable holds no size.</exception>
    public static long Of(ToolSettings settings)
    {
        if (!settings.Environment.TryGetValue(Variable, out string? text) || text.Length == 0)
            return CacheMaintenance.DefaultMaximumBytes;
        return ByteSize.Parse(text) ?? throw GateException.Usage(
            "GATE1010", $"{Variable} must be a size such as \"2 GiB\", found \"{text}\"", remedy: "correct it, or unset it");
    }

    /// <summary>Brings the cache back under its limit; entries that were just used go last.</summary>
    public static void Apply(ToolSettings settings, long limit)
    {
        if (settings.CacheFolder is { } folder)
            CacheMaintenance.Prune(folder, limit);
    }
}
