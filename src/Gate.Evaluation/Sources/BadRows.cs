using System.Globalization;
using Gate.Diagnostics;

namespace Gate.Evaluation.Sources;

/// <summary>Rows that cannot be used. A few in a large file are left out and named; more mean that the file is not what the task takes it for.</summary>
/// <param name="most">The largest share of rows that may be left out.</param>
internal sealed class BadRows(double most)
{
    private readonly List<GateException> _errors = [];

    /// <summary>The errors, in the order of the rows.</summary>
    public IReadOnlyList<GateException> Errors => _errors;

    /// <summary>Leaves a row out.</summary>
    public void Add(GateException error) => _errors.Add(error);

    /// <summary>Whether an error is one row's and not the whole file's.</summary>
    public static bool IsOfRow(GateException error) => error.Diagnostic.Code is "GATE5012" or "GATE5013" or "GATE5015";

    /// <summary>The refusal of a file that ends in the middle of a row, whatever share of rows may be left out: how many are missing nobody knows.</summary>
    /// <param name="error">What is wrong with its last row.</param>
    public static GateException CutOff(GateException error) => GateException.Input(
        error.Diagnostic.Code, $"{error.Message.TrimEnd('.')}; the file ends in the middle of this row", error.Diagnostic.Location, "fetch or write the file again: it was cut off", error);

    /// <summary>Refuses a source of which too much was left out.</summary>
    /// <param name="rows">All rows, those left out among them.</param>
    /// <exception cref="GateException">Exit 4: the first error, with how many there are.</exception>
    public void Check(int rows)
    {
        if (_errors.Count == 0 || _errors.Count <= most * rows)
            return;
        GateException first = _errors[0];
        string more = string.Create(CultureInfo.InvariantCulture, $" ({_errors.Count} of {rows} rows cannot be used; at most {most:P0} may be left out)");
        throw rows <= 1 / Math.Max(most, 1e-9) ? first : GateException.Input(first.Diagnostic.Code, first.Message + more, first.Diagnostic.Location, first.Diagnostic.Remedy, first);
    }
}
