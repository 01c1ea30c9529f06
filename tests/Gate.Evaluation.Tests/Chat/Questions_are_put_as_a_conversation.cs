using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Evaluation.Chat;
using Gate.Evaluation.Tasks;
using Gate.Models.Tokenization;
using Gate.Models.Tokenization.Chat;
using Gate.Tests;

namespace Gate.Evaluation.Tests.Chat;

public sealed class Questions_are_put_as_a_conversation : IDisposable
{
    private const string Turns = "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}[end]{% endfor %}[assistant]";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("factoid-qa")]
    [InlineData("incontext-qa")]
    [InlineData("mcqa")]
    public void The_whole_prompt_is_the_users_turn_and_the_answer_follows_the_assistants(string name)
    {
        TaskDefinition plain = TaskCatalogue.Load(name, ".");
        ImmutableArray<TaskItem> items = [.. TaskCatalogue.LoadItems(plain, 5, 7)];
        ChatFrame frame = Frame(Turns);
        TaskDefinition task = frame.Apply(plain);
        ImmutableArray<TaskItem> framed = frame.Apply(plain, items);
        Assert.Equal(items.Select(item => $"[user]{item.Prompt}[end][assistant]"), framed.Select(item => item.Prompt));
        Assert.Equal(items.Select(item => item.Question), framed.Select(item => item.Question));
        Assert.Equal((false, ""), (task.Settings.AddSpecialTokens, task.Settings.TargetDelimiter));
        Assert.Empty(items.Select(item => item.Hash).Intersect(framed.Select(item => item.Hash)));
    }

    [Theory]
    [InlineData("lama")]
    [InlineData("perplexity")]
    public void Texts_to_be_continued_stay_as_they_are(string name)
    {
        TaskDefinition task = TaskCatalogue.Load(name, ".");
        Assert.Same(task, Frame(Turns).Apply(task));
    }

    [Fact]
    public void Template_day_and_variables_are_part_of_what_answers_are_kept_under()
    {
        TaskDefinition task = TaskCatalogue.Load("mcqa", ".");
        string[] hashes =
        [
            task.DefinitionHash, Frame(Turns).Apply(task).DefinitionHash, Frame(Turns + "\n\n").Apply(task).DefinitionHash,
            Frame(Turns, new ChatSettings(new DateOnly(2025, 1, 1), ChatSettings.Default.Variables)).Apply(task).DefinitionHash,
            Frame(Turns, ChatSettings.Default with { Variables = ChatSettings.Default.Variables.Add("enable_thinking", "false") }).Apply(task).DefinitionHash,
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[1], Frame(Turns).Apply(task).DefinitionHash);
    }

    [Fact]
    public void Choices_follow_the_assistants_turn_without_a_blank()
    {
        Tokenizer tokenizer = Tokenizer.Open(Repository.PathOf("samples", "models", "facts-llama"))!;
        TaskPreview preview = TaskPreview.Create(TaskCatalogue.Load("mcqa", "."), tokenizer, Frame(Turns), 3);
        Assert.EndsWith("[end][assistant]", preview.Prompt, StringComparison.Ordinal);
        Assert.Equal(preview.Choices, preview.Sequences.Select(sequence => sequence.Continuation));
        Assert.Equal(
            preview.Choices.Select(choice => preview.Prompt + choice),
            preview.Sequences.Select(sequence => tokenizer.Decode([.. sequence.PromptIds, .. sequence.ContinuationIds], skipSpecialTokens: false)));
    }

    [Fact]
    public void A_beginning_of_sequence_is_there_once_whoever_writes_it()
    {
        Tokenizer tokenizer = Tokenizer.Open(Repository.Fixture("tokenizers", "llama2_spm_bpe"))!;
        int beginning = tokenizer.BeginningOfSequence!.Value;
        TaskDefinition plain = TaskCatalogue.Load("factoid-qa", ".");
        TaskDefinition adding = plain with { Settings = plain.Settings with { AddSpecialTokens = true } };
        ChatFrame writing = Frame(Turns, bos: tokenizer.TokenOf(beginning)!);
        Assert.Equal(1, Beginnings(plain, writing));
        Assert.Equal(1, Beginnings(adding, writing));
        Assert.Equal(1, Beginnings(plain, null));

        // A template that writes none means none, unless the task file says that the tokenizer adds it.
        Assert.Equal(0, Beginnings(plain, Frame(Turns)));
        Assert.Equal(1, Beginnings(adding, Frame(Turns)));

        int Beginnings(TaskDefinition task, ChatFrame? frame) =>
            TaskPreview.Create(task, tokenizer, frame, 3).Sequences[0].PromptIds.Count(id => id == beginning);
    }

    [Fact]
    public void A_preview_shows_the_item_asked_for_and_refuses_one_that_is_not_there()
    {
        TaskDefinition task = TaskCatalogue.Load("factoid-qa", ".");
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(task, null, 7);
        Assert.Equal(items[2].Prompt, TaskPreview.Create(task, example: 3).Prompt);
        Assert.Equal("GATE1010", Assert.Throws<GateException>(() => TaskPreview.Create(task, example: items.Count + 1)).Diagnostic.Code);
        Assert.Equal("GATE1010", Assert.Throws<GateException>(() => TaskPreview.Create(task, example: 0)).Diagnostic.Code);
    }

    [Fact]
    public void A_model_without_a_template_is_refused_only_where_there_must_be_one()
    {
        Assert.Null(ChatFrame.For(new ChatOptions(ChatMode.Auto, ChatSettings.Default), _folder.Path));
        Assert.Null(ChatFrame.For(ChatOptions.Off, _folder.Path));
        GateException error = Assert.Throws<GateException>(() => ChatFrame.For(new ChatOptions(ChatMode.On, ChatSettings.Default), _folder.Path));
        Assert.Equal(("GATE3206", ExitCode.InputUnavailable), (error.Diagnostic.Code, error.ExitCode));
    }

    [Fact]
    public void A_template_is_not_even_read_where_it_is_off()
    {
        _folder.Write("chat_template.jinja", "{% broken");
        Assert.Null(ChatFrame.For(ChatOptions.Off, _folder.Path));
        Assert.Equal("GATE3201", Assert.Throws<GateException>(() => ChatFrame.For(new ChatOptions(ChatMode.Auto, ChatSettings.Default), _folder.Path)).Diagnostic.Code);
    }

    private ChatFrame Frame(string template, ChatSettings? settings = null, string? bos = null)
    {
        _folder.Write("chat_template.jinja", template);
        _folder.Write("tokenizer_config.json", bos is null ? "{}" : $$"""{ "bos_token": "{{bos}}" }""");
        return ChatFrame.For(new ChatOptions(ChatMode.On, settings ?? ChatSettings.Default), _folder.Path)!;
    }
}
