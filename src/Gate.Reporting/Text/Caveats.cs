using Gate.Results;

namespace Gate.Reporting.Text;

/// <summary>The notes that belong beside the verdict, because without them it would be taken for more than it says; what else happened in the run stands with the run.</summary>
internal static class Caveats
{
    // A loss that may go unseen; activations that stayed exact; sizes that a served model states.
    private static readonly string[] Codes = ["GATE2190", "GATE3099", "GATE6010"];

    /// <summary>The notes, each once, in the order of the run.</summary>
    public static IEnumerable<RunNote> Of(GateResults results) => results.Notes.Where(note => Codes.Contains(note.Code)).DistinctBy(note => note.Message);
}
