using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>States as words with a colour; the word is always there.</summary>
internal static class StateLabel
{
    /// <summary>The class that carries a state's colour.</summary>
    public static string ClassOf(VerdictState state) => state switch
    {
        VerdictState.Pass => "pass",
        VerdictState.Fail => "fail",
        VerdictState.Inconclusive => "inconclusive",
        _ => "unmeasured",
    };

    /// <summary>The word in its colour.</summary>
    public static XElement Of(VerdictState state) => El("span", Class("state " + ClassOf(state)), Figures.State(state));
}
