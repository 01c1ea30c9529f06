using Gate.Models.Engines;
using Gate.Models.Engines.Managed;

namespace Gate.Models.Tests.Inference;

/// <summary>The engine that is held against the fixtures; the tests of another engine have a file of their own in this one's place.</summary>
internal static class TestedEngine
{
    public static EngineFactory Factory => ManagedEngineFactory.Instance;
}
