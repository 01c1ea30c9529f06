namespace Gate.Diagnostics;

/// <summary>A place in a file that a person can go to.</summary>
/// <param name="File">Path as the user wrote it, or relative to the working folder; <c>/</c> separators.</param>
/// <param name="Line">Line, counted from 1; 0 when only the file is known.</param>
/// <param name="Column">Column, counted from 1; 0 when only the line is known.</param>
public sealed record SourceLocation(string File, int Line = 0, int Column = 0)
{
    /// <summary>The form editors and MSBuild recognise: <c>file(line,column)</c>.</summary>
    public override string ToString() =>
        Line == 0 ? File : Column == 0 ? $"{File}({Line})" : $"{File}({Line},{Column})";
}
