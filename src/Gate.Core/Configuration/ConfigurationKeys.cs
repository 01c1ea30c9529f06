using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Evaluation.Chat;
using Gate.Models.Engines.Plugins;
using Gate.Models.Tokenization.Chat;

namespace Gate.Core.Configuration;

/// <summary>The table of every key Gate knows, in the order of the reference page.</summary>
public static class ConfigurationKeys
{
    private const int Million = 1_000_000;

    /// <summary>All keys.</summary>
    public static ImmutableArray<ConfigurationKey> All { get; } =
    [
        new("$schema", ValueKind.Text, "Where editors find the JSON schema; Gate itself does not read it."),
        new("version", ValueKind.Integer, "Version of this file's format.") { Default = "1", Minimum = 1, Maximum = 1 },
        new("model", ValueKind.Path, "Folder of the dense model (Hugging Face layout)."),

        new("memory", ValueKind.Size, "Most memory the run may take, for example \"12 GiB\". Calibration activations beyond it lie in a temporary file; a limit that cannot be kept is refused with the least that can."),

        new("engine.name", ValueKind.Choice, "Where both models are judged and calibrated: managed (inside the tool, the same bits everywhere) or torch (a plug-in on libtorch; 'gate engine install torch').")
            { Default = "\"managed\"", Choices = [.. EngineSelection.Names] },
        new("engine.device", ValueKind.Text, "Device of the engine torch: cpu, cuda or cuda:N.") { Default = "\"cpu\"" },
        new("engine.dtype", ValueKind.Choice, "Number format of weights and activations on the engine torch; what is not float32 is told in the reports.")
            { Default = "\"float32\"", Choices = [.. EngineSelection.Formats] },
        new("engine.folder", ValueKind.Path, "Folder of the plug-in; left out: GATE_TORCH_PATH, else engines/torch beside the tool, else where 'gate engine install' puts it."),

        new("budget.compressionRate", ValueKind.Ratio, "Least theoretical compression rate TCr over the compressed layers.")
            { Minimum = 0, Maximum = 1, MaximumIsExclusive = true },
        new("budget.bitsPerWeight", ValueKind.Number, "Most real bits per weight of the compressed layers, scales, zeros and masks included.")
            { Minimum = 0, MinimumIsExclusive = true, Maximum = 16 },
        new("budget.size", ValueKind.Size, "Most bytes of the whole candidate in packed form, for example \"1.5 GiB\"."),
        new("budget.ratio", ValueKind.Ratio, "The same as a share of the dense model's bytes at 16 bit, for example 0.3.")
            { Minimum = 0, MinimumIsExclusive = true, Maximum = 1 },

        new("recipe.remove.blocks", ValueKind.Integer, "Blocks to take out as a whole before anything else: those with the least block influence on the calibration data; the candidate has so many fewer.") { Default = "0", Minimum = 0, Maximum = 4096 },
        new("recipe.remove.experts", ValueKind.Ratio, "Share of the experts of every mixture to take out, with their rows of the router: those with the least router-weighted activation on the calibration data (REAP).") { Default = "0", Minimum = 0, Maximum = 1, MaximumIsExclusive = true },
        new("recipe.prune.method", ValueKind.Choice, "How weights to remove are chosen.") { Default = "\"magnitude\"", Choices = [.. MethodNames.Pruning] },
        new("recipe.prune.sparsity", ValueKind.Ratio, "Share of weights set to zero.") { Minimum = 0, Maximum = 1, MaximumIsExclusive = true },
        new("recipe.prune.pattern", ValueKind.Text, "N:M pattern instead of a sparsity: \"2:4\" zeroes 2 of every 4 consecutive inputs."),
        new("recipe.prune.granularity", ValueKind.Choice, "What one magnitude threshold spans.")
            { Default = "\"layer\"", Choices = [.. MethodNames.Granularities] },
        new("recipe.prune.structure", ValueKind.Choice, "What goes as one with l1-structured, l2-structured and random: rows (outputs; what the first two do when it is left out), columns (inputs), heads (attention heads), neurons (of the feed-forward layers), units (heads and neurons), or single weights (random when it is left out).")
            { Choices = [.. PruningStructures.All] },
        new("recipe.prune.layerwise", ValueKind.Choice, "How the sparsity is shared among blocks: uniform, or owl (outlier-weighted: less where there are more outliers; needs calibration).")
            { Default = "\"uniform\"", Choices = [.. MethodNames.Layerwise] },
        new("recipe.prune.outlierThreshold", ValueKind.Number, "How many times the mean a weight times its input's norm must be to be an outlier of owl.")
            { Default = "5", Minimum = 0, MinimumIsExclusive = true },
        new("recipe.prune.spread", ValueKind.Ratio, "How far a block's sparsity may lie from the whole's with owl.") { Default = "0.08", Minimum = 0, Maximum = 1 },
        new("recipe.prune.count", ValueKind.Choice, "How the sparsity becomes a number of weights: exact, or as the reference scripts of Wanda count.")
            { Default = "\"exact\"", Choices = [.. MethodNames.Counts] },
        new("recipe.prune.seed", ValueKind.Integer, "Seed of method random.") { Default = "0", Minimum = 0 },
        new("recipe.prune.damping", ValueKind.Ratio, "What sparsegpt adds to the Hessian's diagonal, as a share of its mean.")
            { Default = "0.01", Minimum = 0, Maximum = 1 },
        new("recipe.prune.blockSize", ValueKind.Integer, "Columns of a block of sparsegpt; the mask is chosen once per block.")
            { Default = "128", Minimum = 1, Maximum = Million },
        .. ScopeOf("recipe.prune"),

        new("recipe.quantize.method", ValueKind.Choice, "How weights are rounded: to the grid that the keys below describe (rtn, gptq), or as a block format of GGUF fixes it (q8_0, q6_k, q4_1, q4_0, q4_k).") { Default = "\"rtn\"", Choices = [.. MethodNames.Quantization] },
        new("recipe.quantize.grid", ValueKind.Choice, "What codes stand for: integer; fp8-e4m3 (8 bit); nf4 (4 bit, groups of 64 unless groupSize says otherwise); mxfp4 (4 bit, groups of 32 with a power of two as scale).")
            { Default = "\"integer\"", Choices = [.. MethodNames.Grids] },
        new("recipe.quantize.bits", ValueKind.Integer, "Bits per weight; needed by rtn and gptq with the integer grid.") { Minimum = 2, Maximum = 8 },
        new("recipe.quantize.groupSize", ValueKind.Integer, "Consecutive inputs that share a scale; left out: one scale as recipe.quantize.granularity says.")
            { Minimum = 1, Maximum = Million },
        new("recipe.quantize.granularity", ValueKind.Choice, "What one scale spans without groups: an output channel or the whole tensor.")
            { Default = "\"channel\"", Choices = [.. MethodNames.ScaleGranularities] },
        new("recipe.quantize.activations", ValueKind.Choice, "What becomes of activations while the candidate runs: exact, or int8 (8-bit integers with a scale for each token, multiplied with 8-bit weights; needs output.format compressed-tensors).")
            { Default = "\"exact\"", Choices = [.. MethodNames.Activations] },
        new("recipe.quantize.symmetric", ValueKind.Boolean, "Symmetric grid (true) or zero points (false).") { Default = "true" },
        new("recipe.quantize.symmetricRange", ValueKind.Choice, "Codes of the symmetric grid: restricted (nothing clips) or full (all codes).")
            { Default = "\"restricted\"", Choices = [.. MethodNames.SymmetricRanges] },
        new("recipe.quantize.clipping", ValueKind.Choice, "Search for a better range: mse (a narrower one with less error), or importance (rtn: scales fitted to the error weighted by the mean square of the inputs).")
            { Default = "\"none\"", Choices = [.. MethodNames.Clippings] },
        new("recipe.quantize.actOrder", ValueKind.Boolean, "Whether gptq takes columns by descending activity; groups then gather columns from everywhere unless staticGroups is set, and the output format must hold an index of them (dense, gptq, compressed-tensors).")
            { Default = "false" },
        new("recipe.quantize.staticGroups", ValueKind.Boolean, "Whether gptq fits all grids before the sweep, to the weights as they were.")
            { Default = "false" },
        new("recipe.quantize.damping", ValueKind.Ratio, "What gptq adds to the Hessian's diagonal, as a share of its mean.")
            { Default = "0.01", Minimum = 0, Maximum = 1 },
        new("recipe.quantize.blockSize", ValueKind.Integer, "Columns of a block of lazy updates of gptq.")
            { Default = "128", Minimum = 1, Maximum = Million },
        new("recipe.quantize.maskedPositions", ValueKind.Choice, "What gptq does with pruned weights: keep them at 0, quantize them like the others (error feedback may revive some), or joint: prune and quantise in one sweep (with sparsegpt).")
            { Default = "\"keep\"", Choices = [.. MethodNames.MaskedPositions] },
        .. ScopeOf("recipe.quantize"),

        new("recipe.smooth.alpha", ValueKind.Ratio, "SmoothQuant: how much of the inputs' range moves into the weights behind a norm (the paper: 0.5); left out: none. Useful where activations are rounded too.")
            { Minimum = 0, Maximum = 1 },

        new("recipe.calibration.data", ValueKind.Path, "Text or JSON Lines file; needed by remove, wanda, sparsegpt, gptq, awq, smooth, owl and clipping importance. With any method it gives every layer's output error."),
        new("recipe.calibration.samples", ValueKind.Integer, "Calibration windows.") { Default = "128", Minimum = 1, Maximum = Million },
        new("recipe.calibration.sequenceLength", ValueKind.Integer, "Tokens per calibration window, at most the model's context.") { Default = "512", Minimum = 2, Maximum = Million },
        new("recipe.calibration.seed", ValueKind.Integer, "Seed of the calibration draw.") { Default = "0", Minimum = 0 },
        new("recipe.calibration.windows", ValueKind.Choice, "How windows are cut: packed (documents one after the other) or cropped (from single documents longer than a window, as the reference scripts do on C4).")
            { Default = "\"packed\"", Choices = [.. MethodNames.Windows] },
        new("recipe.calibration.trueSequential", ValueKind.Boolean, "Whether the layers of a block see inputs from its layers before them as already compressed.")
            { Default = "false" },

        new("planning.text", ValueKind.Path, "Text on which plans are compared when a budget stands without a recipe; left out: the calibration text of the built-in suite."),
        new("planning.tokens", ValueKind.Integer, "Most tokens of that text.") { Default = "2048", Minimum = 2, Maximum = Million },
        new("planning.prune", ValueKind.Choice, "How a plan's zeros are chosen; left out: sparsegpt with recipe.calibration.data, else magnitude.")
            { Choices = [.. PlanningMethods.PruneNames] },
        new("planning.quantize", ValueKind.Choice, "How a plan's weights are rounded; left out: gptq with recipe.calibration.data, else rtn.")
            { Choices = [.. PlanningMethods.QuantizeNames] },

        new("sweep.prune", ValueKind.List, $"Pruning methods of 'gate sweep': {string.Join(", ", MethodNames.Pruning)}.") { Default = "[\"magnitude\"]" },
        new("sweep.quantize", ValueKind.List, $"Quantisation methods: {string.Join(", ", MethodNames.Quantization)}.") { Default = "[\"rtn\"]" },
        new("sweep.sparsities", ValueKind.List, "Shares of zeros, or N:M patterns such as \"2:4\".") { Default = "[0, 0.25, 0.5, 0.75]", TakesNumbers = true },
        new("sweep.bits", ValueKind.List, "Bits per weight, 2 to 8; 16 is no quantisation.") { Default = "[3, 4, 8, 16]", TakesNumbers = true },
        new("sweep.groupSize", ValueKind.Integer, "Consecutive inputs that share a scale; 0: one scale per output channel.") { Default = "32", Minimum = 0, Maximum = Million },
        new("sweep.scopes", ValueKind.List, "Which linear layers: scopes of a recipe, but final-dense.") { Default = "[\"all\", \"attention\", \"ffn\"]" },
        new("sweep.plan.compressionRate", ValueKind.List, "Budgets in TCr, for each of which a recipe is planned layer by layer and swept beside the grid; ranges are those of budget. With empty lists in the grid (\"bits\": []) planned recipes are swept alone.") { TakesNumbers = true },
        new("sweep.plan.bitsPerWeight", ValueKind.List, "Budgets in real bits per weight, the same.") { TakesNumbers = true },
        new("sweep.plan.size", ValueKind.List, "Budgets in bytes of the whole candidate, for example \"1.5 GiB\", the same.") { TakesNumbers = true },
        new("sweep.plan.ratio", ValueKind.List, "Budgets as a share of the dense model's bytes at 16 bit, the same.") { TakesNumbers = true },
        new("sweep.retention", ValueKind.Ratio, "Least lower bound of Sr of a recommended recipe; left out: thresholds.retention, else 0.95.") { Minimum = 0, Maximum = 1 },
        new("sweep.tokens", ValueKind.Integer, "Tokens of the first look, divergence.") { Default = "2048", Minimum = 2, Maximum = Million },
        new("sweep.items", ValueKind.Integer, "Questions of the second look, of those the dense model answers right.") { Default = "150", Minimum = 1, Maximum = Million },
        new("sweep.exhaustive", ValueKind.Boolean, "Ask every candidate everything, drop none.") { Default = "false" },
        new("sweep.path", ValueKind.Path, "Folder of sweep.json, sweep.md and sweep.svg.") { Default = "\"out/sweep\"" },

        new("output.path", ValueKind.Path, "Folder the candidate is written to.") { Default = "\"out/candidate\"" },
        new("output.format", ValueKind.Choice, "How quantised layers of the candidate are stored: as 16-bit numbers (dense), packed for the runtimes that read the format (compressed-tensors-0.16: as its versions before 0.17 pack 3, 5, 6 and 7 bits), or as one GGUF file for llama.cpp.")
            { Default = "\"dense\"", Choices = LayoutNames.All },

        new("suite.tasks", ValueKind.List, "Built-in task names, or paths of task files (*.json).")
            { Default = "[\"lama\", \"factoid-qa\", \"mcqa\", \"incontext-qa\", \"perplexity\"]" },
        new("suite.limit", ValueKind.Integer, "Most items per task, a seeded sample; left out: all.") { Minimum = 1, Maximum = 1000 * Million },
        new("suite.seed", ValueKind.Integer, "Seed of the item sample and of resampling.") { Default = "7", Minimum = 0 },
        new("suite.allowOutsideData", ValueKind.Boolean, "Whether task files may take data and examples from outside their own folder and that of this file.") { Default = "false" },
        new("suite.data", ValueKind.Path, "Folder of published data sets, which built-in benchmarks read as they are published (gate tasks fetch-plan SUITE says what belongs there)."),
        new("suite.chat", ValueKind.Choice, "Whether questions are put to the models as a conversation, through the dense model's chat template: off (as plain prompts), auto (where the model has a template), or on (a model without one is refused). Clozes and perplexity continue a text, and are never put so.")
            { Default = "\"off\"", Choices = [.. Enum.GetNames<ChatMode>().Select(name => name.ToLowerInvariant())] },
        new("suite.chatDate", ValueKind.Date, "What a chat template takes for today; the clock is never asked.")
            { Default = $"\"{ChatSettings.DefaultToday:yyyy-MM-dd}\"" },
        new("suite.chatVariables.*", ValueKind.Text, "Value of a variable of the chat template, for example enable_thinking: false; true and false are truth values, all else is text.")
            { TakesBooleans = true },
        new("suite.weights.*", ValueKind.Number, "Weight of a task in Sr.") { Default = "1", Minimum = 0, MinimumIsExclusive = true },

        .. ThresholdsOf("thresholds"),
        new("thresholds.srcr", ValueKind.Ratio, "Least SrCr, semantic retention times compression rate; needs a retention threshold beside it.")
            { Minimum = 0, Maximum = 1 },
        .. ThresholdsOf("thresholds.tasks.*"),

        new("decision.rule", ValueKind.Choice, "confidence: pass and fail must be shown at the stated confidence; point: compare the measured value.")
            { Default = "\"confidence\"", Choices = ["confidence", "point"] },
        new("decision.confidence", ValueKind.Ratio, "One-sided confidence.")
            { Default = "0.95", Minimum = 0.5, MinimumIsExclusive = true, Maximum = 1, MaximumIsExclusive = true },
        new("decision.onInconclusive", ValueKind.Choice, "What too little evidence does: fail (exit 3) or warn (exit 0).")
            { Default = "\"fail\"", Choices = ["fail", "warn"] },
        new("decision.unseenClusters", ValueKind.Choice,
                "Losses that take whole clusters (relations, passages): refuse shows maxForgotten only where it holds whatever clusters may be lost unseen; accept takes the correlation of the sample, and a pass says so (GATE2190).")
            { Default = "\"refuse\"", Choices = ["refuse", "accept"] },
        new("decision.maximumInvalidShare", ValueKind.Ratio, "Share of unusable answers above which a task counts as not measured.")
            { Default = "0.01", Minimum = 0, Maximum = 1 },
        new("decision.gateableMargin", ValueKind.Ratio, "How far the dense score's lower bound must lie above chance.")
            { Default = "0.02", Minimum = 0, Maximum = 1 },
        new("decision.srcrFormula", ValueKind.Text, "Id of the SrCr formula in force.") { Default = "\"srcr-product/1\"" },

        new("decision.earlyStop", ValueKind.Boolean, "Ask the candidate in random order and stop as soon as the verdict is shown; valid at every look, a little stricter at the end.")
            { Default = "false" },
        new("decision.requirePower", ValueKind.Boolean, "Refuse (exit 2) a suite that would show a loss-free candidate to hold a threshold in less than half of all runs; false runs it all the same.")
            { Default = "true" },

        new("baseline.path", ValueKind.Path, "File of the last accepted candidate, written by 'gate baseline update'.") { Default = "\"gate.baseline.json\"" },
        new("baseline.mode", ValueKind.Choice, "ratchet: one more rule, baseline.retention, that the candidate is not worse than the accepted one.")
            { Default = "\"off\"", Choices = ["off", "ratchet"] },
        new("baseline.margin", ValueKind.Ratio, "Share of the accepted candidate's knowledge that may be missing.")
            { Default = "0.02", Minimum = 0, MinimumIsExclusive = true, Maximum = 1, MaximumIsExclusive = true },
        new("baseline.totalMargin", ValueKind.Ratio, "Share of the first accepted candidate's knowledge that may be missing, however often the baseline has moved since (rule baseline.total).")
            { Default = "0.05", Minimum = 0, MinimumIsExclusive = true, Maximum = 1, MaximumIsExclusive = true },

        new("reports.json", ValueKind.Path, "Complete results; every other report can be rendered from it.") { Default = "\"out/results.json\"" },
        new("reports.items", ValueKind.Path, "One line per question with both answers.") { Default = "\"out/items.jsonl\"" },
        new("reports.junit", ValueKind.Path, "JUnit XML, one test case per rule.") { Default = "\"out/gate.junit.xml\"" },
        new("reports.markdown", ValueKind.Path, "Full report for people.") { Default = "\"out/gate.md\"" },
        new("reports.html", ValueKind.Path, "Full report for people, one self-contained page.") { Default = "\"out/gate.html\"" },
        new("reports.summary", ValueKind.Path, "Short report for a job summary, at most 64 KiB.") { Default = "\"out/gate.summary.md\"" },
        new("reports.sarif", ValueKind.Path, "SARIF 2.1.0 for code scanning, for example \"out/gate.sarif\"; left out: none is written."),
    ];

    /// <summary>The key of that path, or null when it is unknown.</summary>
    /// <param name="segments">The path's segments.</param>
    /// <param name="comparison">Ordinal for files, ignoring case for variables and options.</param>
    public static ConfigurationKey? Find(IReadOnlyList<string> segments, StringComparison comparison) =>
        All.FirstOrDefault(key => key.Matches(segments, comparison));

    private static ConfigurationKey[] ScopeOf(string step) =>
    [
        new($"{step}.scope", ValueKind.Choice, "Which linear layers.")
            { Default = "\"all\"", Choices = [.. NamedScope.All.Select(scope => scope.Name)] },
        new($"{step}.include", ValueKind.List, "Patterns of layer names (* and ?); only these layers. A pattern that matches nothing is an error."),
        new($"{step}.exclude", ValueKind.List, "Patterns of layer names left alone. A pattern that matches nothing is an error."),
    ];

    private static ConfigurationKey[] ThresholdsOf(string parent)
    {
        string whose = parent == "thresholds" ? "over the suite" : "of this task";
        return
        [
            new($"{parent}.retention", ValueKind.Ratio, $"Least retention {whose}, corrected for chance.") { Minimum = 0, Maximum = 1 },
            new($"{parent}.maxForgotten", ValueKind.Ratio, $"Most right answers that may become wrong {whose}, as a share of the right ones.")
                { Minimum = 0, Maximum = 1 },
            new($"{parent}.perplexityRatio", ValueKind.Number, $"Most candidate perplexity over dense perplexity {whose}.")
                { Minimum = 0, MinimumIsExclusive = true },
        ];
    }
}
