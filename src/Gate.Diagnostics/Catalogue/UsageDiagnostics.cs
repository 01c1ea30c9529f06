namespace Gate.Diagnostics;

/// <summary>GATE1xxx: the command line and the configuration.</summary>
internal static class UsageDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new(
            "GATE1000", "Usage wrong",
            "The engine ended with exit code 2 and printed no diagnostic of its own.",
            "Read the log named in the message."),
        new(
            "GATE1001", "Configuration unreadable",
            "The configuration file is missing, not readable or too large.",
            "Name a readable gate.json, or make one with gate init."),
        new(
            "GATE1002", "Configuration is not valid JSON",
            "The text breaks the rules of JSON; comments and trailing commas are allowed, nothing else is added.",
            "Mend the JSON at the place named."),
        new(
            "GATE1003", "Unknown key",
            "The configuration, a variable or an option sets a key that Gate does not know; silence would leave a threshold without effect.",
            "Use the nearest key named, or look the keys up with gate schema."),
        new(
            "GATE1004", "Key given twice",
            "The same key or option stands twice, and only one of the values could count.",
            "Keep one of them."),
        new(
            "GATE1005", "Wrong type",
            "The value is a text where a number is due, a number where a text is due, or the like.",
            "Write the value as the message shows."),
        new(
            "GATE1006", "Value out of range",
            "The value has the right type and lies outside what is allowed; ratios are written 0.95, not 95.",
            "Write a value in the range named."),
        new(
            "GATE1007", "Key missing or contradicting",
            "A key that is needed is missing, or keys that exclude each other are both there.",
            "Add or remove the key named."),
        new(
            "GATE1008", "Tasks of the suite",
            "The suite is empty, or two tasks have the same name.",
            "Name each task once; gate tasks lists the built-in ones."),
        new(
            "GATE1009", "Nothing to run",
            "There is no gate.json and no model where the command looked.",
            "Name a file or folder, or make a configuration with gate init."),
        new(
            "GATE1010", "Wrong option value",
            "An option or variable has a value it cannot have.",
            "Write a value the message lists."),
        new(
            "GATE1011", "Command line not understood",
            "The command or an option does not exist, or an argument is missing.",
            "See gate --help and gate COMMAND --help."),
        new(
            "GATE1012", "File is there already",
            "gate init does not replace a configuration by itself.",
            "Edit it, or pass --force."),
        new(
            "GATE1013", "Token ids",
            "The ids are not whole numbers, lie outside the vocabulary, or are more than the model sees.",
            "Write ids such as 1,2,3 within the vocabulary."),
        new(
            "GATE1014", "Gates of one name",
            "Two GateModel items of a project have the same name, so that their candidates and reports would overwrite each other.",
            "Give each a name of its own: <GateModel Include=\"models/foo\" Name=\"foo-4bit\" Config=\"…\" />."),
    ];
}
