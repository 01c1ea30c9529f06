using Gate.Diagnostics;
using Gate.Evaluation.Extraction;

using Gate.Evaluation.Prompting;
using Gate.Evaluation.Tasks;
using Gate.Evaluation.Tests.Models;
using Gate.Models.Questions;

namespace Gate.Evaluation.Tests.Tasks;

public sealed class Prompts_are_encoded_as_the_harness_does
{
    private readonly WordTokenizer _tokenizer = new();

    [Fact]
    public void White_space_at_the_end_of_the_context_moves_to_the_continuation()
    {
        (ContinuationRequest request, bool truncated) = Encoding().Pair("one two \n", "three")!.Value;
        Assert.Equal("one two", _tokenizer.Decode(request.Context.Span, false));
        Assert.Equal(" \nthree", _tokenizer.Decode(request.Continuation.Span, false));
        Assert.False(truncated);
    }

    [Fact]
    public void The_border_is_found_by_counting_tokens()
    {
        // "ab" + "c d" is read as "abc", " d": one token belongs to the context, whatever it spells.
        (ContinuationRequest request, _) = Encoding().Pair("ab", "c d")!.Value;
        Assert.Equal(("abc", " d"), (_tokenizer.Decode(request.Context.Span, false), _tokenizer.Decode(request.Continuation.Span, false)));
        Assert.Null(Encoding().Pair("ab", "c"));
    }

    [Fact]
    [Trait("Complaint", "15")]
    public void An_empty_context_starts_from_a_special_token_that_is_not_doubled()
    {
        (ContinuationRequest request, _) = Encoding().Pair("", "one two")!.Value;
        Assert.Equal([WordTokenizer.EndId], request.Context.ToArray());
        Assert.Equal("one two", _tokenizer.Decode(request.Continuation.Span, false));
        (ContinuationRequest doubled, _) = Encoding().Pair("", "<end> one")!.Value;
        Assert.Equal([WordTokenizer.EndId], doubled.Context.ToArray());
        Assert.Equal(" one", _tokenizer.Decode(doubled.Continuation.Span, false));
    }

    [Fact]
    public void Long_contexts_are_cut_on_the_left_and_marked()
    {
        (ContinuationRequest request, bool truncated) = Encoding(maximumLength: 4).Pair("a b c d e", " f g")!.Value;
        Assert.True(truncated);
        Assert.Equal((" c d e", " f g"), (_tokenizer.Decode(request.Context.Span, false), _tokenizer.Decode(request.Continuation.Span, false)));
        Assert.Null(Encoding(maximumLength: 1).Pair("a", " f g"));
        (int[] ids, bool cut) = Encoding().Prompt("a b c", 2);
        Assert.Equal((" b c", true), (_tokenizer.Decode(ids, false), cut));
    }

    [Fact]
    public void Truncated_items_say_so()
    {
        TaskDefinition task = TaskCatalogue.Load("factoid-qa", ".");
        using LogitsModel model = Uniform(12);
        Assert.All(model.Ask(task, TaskCatalogue.LoadItems(task, 2, 7)), result => Assert.Equal(1, result.Metrics["prompt_truncated"]));
    }

    [Theory]
    [InlineData("factoid-qa", 8, "GATE5023")]
    [InlineData("perplexity", 126, "GATE5024")]
    public void Tasks_that_do_not_fit_the_model_are_refused(string name, int maximumLength, string code)
    {
        TaskDefinition task = TaskCatalogue.Load(name, ".");
        using LogitsModel model = Uniform(maximumLength);
        GateException error = Assert.Throws<GateException>(() => model.Ask(task, TaskCatalogue.LoadItems(task, 2, 7, _tokenizer)));
        Assert.Equal((code, ExitCode.InputUnavailable), (error.Diagnostic.Code, error.ExitCode));
        Assert.NotNull(DiagnosticCatalogue.Find(code));
    }

    [Theory]
    [InlineData("lama")]
    [InlineData("mcqa")]
    [InlineData("perplexity")]
    public void A_tokenizer_of_another_model_is_refused(string name)
    {
        TaskDefinition task = TaskCatalogue.Load(name, ".");
        using LogitsModel model = new(_tokenizer, 5, _ => new float[5]);
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(task, 2, 7, _tokenizer);
        Assert.Equal("GATE5021", Assert.Throws<GateException>(() => model.Ask(task, items)).Diagnostic.Code);
    }

    [Fact]
    public void A_model_without_tokenizer_is_refused()
    {
        TaskDefinition task = TaskCatalogue.Load("mcqa", ".");
        using LogitsModel model = new(null, 5, _ => new float[5]);
        Assert.Equal("GATE5020", Assert.Throws<GateException>(() => model.Ask(task, TaskCatalogue.LoadItems(task, 2, 7))).Diagnostic.Code);
        Assert.Equal("GATE5020", Assert.Throws<GateException>(() => TaskCatalogue.LoadItems(TaskCatalogue.Load("perplexity", "."), 2, 7)).Diagnostic.Code);
    }

    [Theory]
    [InlineData(" Paris\nmore", "Paris")]
    [InlineData("\nParis", "")]
    [InlineData(" Paris. Yes", "Paris")]
    [InlineData("  \u001cParis\u00a0", "Paris")]
    public void The_answer_ends_before_the_first_stop(string text, string expected) =>
        Assert.Equal(expected, AnswerExtraction.Plain.Apply(Forms.Generation.BeforeStops(text, ["\n", "."]), ""));

    private PromptEncoding Encoding(int maximumLength = 100) => new(PromptBounds.Of(Uniform(maximumLength)), _tokenizer, addSpecialTokens: true);

    private LogitsModel Uniform(int maximumLength) =>
        new(_tokenizer, KnowingModel.VocabularySize, _ => new float[KnowingModel.VocabularySize]) { MaximumLength = maximumLength };
}
