namespace Gate.Tool.Output;

/// <summary>Who reads the diagnostics.</summary>
internal enum LogFormat
{
    /// <summary>People: the canonical line and the remedy under it.</summary>
    Text,

    /// <summary>MSBuild: one canonical line each.</summary>
    Msbuild,

    /// <summary>GitHub Actions: annotations.</summary>
    Github,
}
