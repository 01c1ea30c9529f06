namespace Gate.Diagnostics;

/// <summary>GATE31xx: what a run reads and writes around its models.</summary>
internal static class RunDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new(
            "GATE3101", "Output cannot be written",
            "The folder or file is not writable, or something else is in its place.",
            "Free the place, fix its permissions, or choose another with output.path, reports.* or --report-dir."),
        new(
            "GATE3102", "Tokenizers differ",
            "Dense model and candidate would be asked different token sequences, so their answers cannot be compared.",
            "Give the candidate the dense model's tokenizer files."),
        new(
            "GATE3103", "No tokenizer",
            "The model folder has no tokenizer.json, so no text can be put to the model.",
            "Add the tokenizer; gate score --ids works without one."),
        new(
            "GATE3104", "Items left out",
            "Some items cannot be put to this model, for example because a label is more than one token.",
            "Nothing, unless the number surprises you."),
        new(
            "GATE3105", "Cache not writable",
            "The cache folder cannot be written, so nothing of this run is kept for the next one.",
            "Set GATE_CACHE_DIR or --cache-dir to a writable folder, or pass --no-cache."),
        new(
            "GATE3106", "Log not writable",
            "The log file cannot be written; the run goes on.",
            "Name another file with --log-file."),
        new(
            "GATE3107", "Results unreadable",
            "The file is not the results.json of a run, or of a newer version of Gate.",
            "Name the results.json that gate run wrote."),
        new(
            "GATE3108", "No such folder",
            "There is no folder where a model was named.",
            "Name a model folder."),
        new(
            "GATE3109", "Cache not trusted",
            "Users beside this one own or may write the cache folder, a folder in it or its files, and could have put answers there that no model gave. They are not used.",
            "Take the permission away (chmod -R go-w), name a folder of your own with GATE_CACHE_DIR or --cache-dir, or share one under a key (GATE_CACHE_KEY)."),
        new(
            "GATE3130", "Baseline unreadable",
            "The baseline file cannot be read, or is not one that gate baseline update wrote.",
            "Take it from version control again, or write a new one after a passing run."),
        new(
            "GATE3131", "Part of a run unusable",
            "The folder is not one that gate run --shard wrote, or answers in it are damaged.",
            "Name the folder of a part, and carry it over as a whole."),
        new(
            "GATE3132", "Answers missing from the parts",
            "The parts that were merged do not answer every question of the run: one is missing, or they were made with another configuration, model or build.",
            "Name the folders of all parts of the same run."),
        new(
            "GATE3133", "Part of a run not trusted",
            "Users beside this one own or may write the folder of a part, and could have put answers there that no model gave.",
            "Make sure that they come from your own runs, then correct owner and mode; or run all parts and the merge with one GATE_CACHE_KEY."),
        new(
            "GATE3140", "File or folder out of reach",
            "The operating system would not read, write, list or make something; the message has its words and the path.",
            "Look at the path: its permissions, a disk that is full or fails, a share that is gone. Then run the same command again; it goes on where it stopped."),
        new(
            "GATE3141", "No file descriptor left",
            "The process may not open another file.",
            "Raise the limit (ulimit -n 1024, and more for a model in very many files), and close what else holds files open."),
        new(
            "GATE3142", "Not enough memory",
            "The operating system gave no more memory, or no more of what a thread needs.",
            "Set a limit with --memory, which moves to files what can lie there, close other programs, or use a larger machine; gate run --dry-run predicts what a run takes. Where memory is free, raise the limits of the process (ulimit -n, -u, -v)."),
        new(
            "GATE3143", "Part of the program cannot be opened",
            "A file of the installation or of the .NET runtime is there, and the operating system did not open it: no file descriptor was left, or the disk failed.",
            "Raise the limit of open files (ulimit -n 1024), look at the disk that the message names, or install again."),
    ];
}
