using Gate.Core.Pipeline;
using Gate.Models.Engines.Plugins;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>Chooses how a run is told: bars on a terminal, lines elsewhere.</summary>
internal static class RunProgress
{
    /// <summary>Runs work with a context that tells its progress.</summary>
    public static T Run<T>(ToolSettings settings, EngineSelection engine, Func<RunContext, T> work)
    {
        long cacheLimit = CacheLimit.Of(settings);
        T result = Tell(settings, engine, work);
        CacheLimit.Apply(settings, cacheLimit);
        return result;
    }

    private static T Tell<T>(ToolSettings settings, EngineSelection engine, Func<RunContext, T> work)
    {
        if (settings.Plain || settings.Verbosity != Verbosity.Normal)
            return work(settings.CreateContext(new RunLog(settings, TimeProvider.System), engine));
        return LiveProgress.Run(settings, progress => work(settings.CreateContext(progress, engine)));
    }
}
