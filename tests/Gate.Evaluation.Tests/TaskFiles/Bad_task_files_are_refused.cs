using Gate.Diagnostics;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.Tests.TaskFiles;

public sealed class Bad_task_files_are_refused
{
    private const string Start = "{ \"name\": \"t\", \"kind\": \"closed-book-qa\", \"protocol\": \"p@1\", \"data\": \"d.jsonl\", \"prompt\": \"{question}\"";
    private const string Cloze = "{ \"name\": \"t\", \"kind\": \"cloze\", \"protocol\": \"p@1\", \"data\": \"d.jsonl\", \"prompt\": \"{prompt}\"";

    [Theory]
    [InlineData("", "GATE5002", 1, 1, "is empty")]
    [InlineData("[]", "GATE5004", 1, 1, "expected an object, found a list")]
    [InlineData("{ \"name\": \"t\"", "GATE5002", 1, 14, "not valid JSON")]
    [InlineData("{} {}", "GATE5002", 1, 4, "not valid JSON")]
    [InlineData("{ \"name\": \"t\" }", "GATE5005", 1, 1, "'kind' is missing")]
    [InlineData("{ \"kind\": \"clozes\" }", "GATE5004", 1, 11, "did you mean 'cloze'?")]
    [InlineData("{ \"kind\": 3 }", "GATE5004", 1, 11, "must be a text, found the number 3")]
    [InlineData("{ \"kind\": null }", "GATE5004", 1, 11, "found null")]
    [InlineData(Start + ",\n  // a comment\n  \"normaliser\": \"squad/1\" }", "GATE5003", 3, 3, "did you mean 'normalizer'?")]
    [InlineData(Start + ", \"window\": 3 }", "GATE5003", 1, 104, "a task of kind 'closed-book-qa' has no key 'window'")]
    [InlineData(Start + ",\n\"name\": \"u\" }", "GATE5002", 2, 1, "stands twice")]
    [InlineData(Start + ",\n\"normalizer\": \"squad\" }", "GATE5004", 2, 15, "did you mean 'squad/1'?")]
    [InlineData(Start + ",\n\"metric\": \"acc\" }", "GATE5004", 2, 11, "'metric' is 'acc'")]
    [InlineData(Start + ",\n\"maxNewTokens\": 0 }", "GATE5004", 2, 17, "a whole number from 1 to 4096, found the number 0")]
    [InlineData(Start + ",\n\"maxNewTokens\": 1e999 }", "GATE5004", 2, 17, "found the number 1e999")]
    [InlineData(Start + ",\n\"maxNewTokens\": \"8\" }", "GATE5004", 2, 17, "found the text '8'")]
    [InlineData(Start + ",\n\"stops\": \"x\" }", "GATE5004", 2, 10, "a list of texts")]
    [InlineData(Start + ",\n\"stops\": [\"\"] }", "GATE5004", 2, 11, "texts that are not empty")]
    [InlineData(Start + ",\n\"addSpecialTokens\": \"no\" }", "GATE5004", 2, 21, "true or false")]
    [InlineData(Start + ",\n\"fields\": [] }", "GATE5004", 2, 11, "expected an object")]
    [InlineData(Start + ",\n\"fields\": { \"answer_index\": \"x\", \"anwsers\": \"y\" } }", "GATE5003", 2, 13, "'fields' has no key 'answer_index'")]
    [InlineData(Start + ",\n\"fields\": { \"id\": \"\" } }", "GATE5004", 2, 19, "a text that is not empty")]
    [InlineData(Start + ",\n\"shotCount\": 2 }", "GATE5005", 2, 14, "without 'shots'")]
    [InlineData(Start + ",\n\"shotCount\": 2, \"shots\": [ { \"question\": \"q\", \"answers\": \"a\" } ] }", "GATE5004", 2, 14, "at most 1")]
    [InlineData(Start + ",\n\"shots\": [ 3 ] }", "GATE5012", 2, 12, "expected an object")]
    [InlineData(Start + ",\n\"title\": \"\\ud800\" }", "GATE5002", 2, 10, "not valid Unicode")]
    [InlineData("{ \"name\": \"a b\", \"kind\": \"perplexity\", \"protocol\": \"p\", \"data\": \"d\" }", "GATE5004", 1, 11, "found the text 'a b'")]
    [InlineData("{ \"name\": \"t\", \"kind\": \"perplexity\", \"protocol\": \"p\", \"data\": \"d\", \"window\": 1 }", "GATE5004", 1, 78, "from 2 to")]
    [InlineData("{ \"name\": \"t\", \"kind\": \"perplexity\", \"protocol\": \"p\", \"data\": \"d\", \"prompt\": \"x\" }", "GATE5003", 1, 68, "no key 'prompt'")]
    [InlineData("{ \"name\": \"t\", \"kind\": \"perplexity\", \"protocol\": \"p\" }", "GATE5005", 1, 1, "'data' is missing")]
    [InlineData(Cloze + " }", "GATE5005", 1, 1, "names no 'cluster'")]
    [InlineData(Cloze + ", \"metric\": \"candidate_mrr\",\n\"candidates\": \"none\" }", "GATE5004", 2, 15, "when 'candidate_mrr' decides")]
    public void With_the_place_and_what_was_expected(string json, string code, int line, int column, string fragment)
    {
        using TemporaryFolder folder = new();
        folder.Write("x.task.json", json);
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.Load("x.task.json", folder.Path));
        Assert.Equal(code, error.Diagnostic.Code);
        Assert.Contains(fragment, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Diagnostic.Location!.Line, error.Diagnostic.Location.Column));
        Assert.NotNull(error.Diagnostic.Remedy);
        Assert.NotNull(DiagnosticCatalogue.Find(code));
        if (code != "GATE5012")
            Assert.Equal(ExitCode.InvalidUsage, error.ExitCode);
    }

    [Theory]
    [InlineData("{question")]
    [InlineData("question}")]
    [InlineData("{}")]
    [InlineData("{a{b}}")]
    public void A_prompt_with_a_brace_alone(string prompt)
    {
        using TemporaryFolder folder = new();
        folder.Write("x.json", $$"""{ "name": "t", "kind": "closed-book-qa", "protocol": "p@1", "data": "d.jsonl", "prompt": "{{prompt}}" }""");
        Assert.Equal("GATE5006", Assert.Throws<GateException>(() => TaskCatalogue.Load("x.json", folder.Path)).Diagnostic.Code);
    }

    [Fact]
    [Trait("Complaint", "13")]
    public void An_unknown_name_offers_the_nearest()
    {
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.Load("factoidqa", "."));
        Assert.Equal(("GATE5007", ExitCode.InvalidUsage), (error.Diagnostic.Code, error.ExitCode));
        Assert.Contains("did you mean 'factoid-qa'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Complaint", "13")]
    public void A_missing_file_is_named()
    {
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.Load("nowhere/x.json", "."));
        Assert.Equal(("GATE5001", ExitCode.InvalidUsage), (error.Diagnostic.Code, error.ExitCode));
        Assert.Contains("nowhere/x.json", error.Message, StringComparison.Ordinal);
    }
}
