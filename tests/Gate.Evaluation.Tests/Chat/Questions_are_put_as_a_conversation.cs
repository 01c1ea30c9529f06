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
    public void A_beginning_the_template_writes_is_there_once_and_choices_follow_without_a_blank()
    {
        Tokenizer tokenizer = Tokenizer.Open(Repository.PathOf("samples", "models", "facts-llama"))!;
        string bos = tokenizer.TokenOf(tokenizer.BeginningOfSequence!.Value)!;
        ChatFrame frame = Frame(Turns, bos: bos);
        TaskDefinition plain = TaskCatalogue.Load("mcqa", ".");
        foreach (bool? special in (bool?[])[null, true])
        {
            TaskDefinition given = plain with { Settings = plain.Settings with { AddSpecialTokens = special } };
            TaskPreview preview = TaskPreview.Create(given, tokenizer, frame, 3);
            Assert.StartsWith(bos + "[user]", preview.Prompt, StringComparison.Ordinal);
            Assert.All(preview.Sequences, sequence => Assert.Equal(1, sequence.PromptIds.Count(id => id == tokenizer.BeginningOfSequence)));
            Assert.Equal(preview.Choices, preview.Sequences.Select(sequence => sequence.Continuation));
            Assert.Equal(
                preview.Choices.Select(choice => preview.Prompt + choice),
                preview.Sequences.Select(sequence => tokenizer.Decode([.. sequence.PromptIds, .. sequence.ContinuationIds], skipSpecialTokens: false)));
        }

        // As a plain prompt the tokenizer writes it.
        TaskPreview asPrompt = TaskPreview.Create(plain, tokenizer, null, 3);
        Assert.All(asPrompt.Sequences, sequence => Assert.Equal(tokenizer.BeginningOfSequence, sequence.PromptIds[0]));
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
