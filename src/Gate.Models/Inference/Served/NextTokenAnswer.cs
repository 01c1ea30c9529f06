using Gate.Diagnostics;

using Gate.Models.Questions;

namespace Gate.Models.Inference.Served;

/// <summary>What is known of one next-token distribution: the tokens the server listed, and targets asked for one by one.</summary>
internal sealed class NextTokenAnswer
{
    private readonly (int Id, double LogProbability)[] _listed;
    private readonly Dictionary<int, int> _ranks = [];
    private readonly Dictionary<int, PromptScore> _asked = [];

    private NextTokenAnswer((int Id, double LogProbability)[] listed, ReadOnlySpan<int> targets)
    {
        _listed = listed;
        for (int i = 0; i < listed.Length; i++)
            _ranks.TryAdd(listed[i].Id, i + 1);
        Missing = [.. targets.ToArray().Distinct().Where(target => !_ranks.ContainsKey(target))];
    }

    /// <summary>Targets that are not among the listed tokens.</summary>
    public int[] Missing { get; }

    /// <summary>Reads the listed tokens.</summary>
    /// <exception cref="GateException">Exit 4 (GATE6005): the server listed none.</exception>
    public static NextTokenAnswer Of(NextTokenRequest request, CompletionReply reply, TokenNames names, ServedModelSettings settings)
    {
        if (reply.Generated is not [{ Top: { } top }, ..] || top.Count < request.Top)
        {
            throw GateException.Input(
                "GATE6005", $"{settings.Url}: expected the {request.Top} most probable next tokens in 'logprobs', found {(reply.Generated is [{ Top.Count: var found }, ..] ? found : 0)}",
                new SourceLocation(settings.File), "Check the server's version and its limit of log-probabilities; llama.cpp's server lists none where the most probable token is part of a character.");
        }

        (int Id, double LogProbability)[] listed = [.. top.Select(entry => (Id: names.IdOf(entry.Token), entry.LogProbability))
            .OrderByDescending(entry => entry.LogProbability).ThenBy(entry => entry.Id)];
        return new NextTokenAnswer(listed, request.Targets.Span);
    }

    /// <summary>Adds a target that was asked for by itself.</summary>
    public void Add(int target, PromptScore score) => _asked[target] = score;

    /// <summary>The answer. Without exact ranks, targets beyond the listed tokens are ranked among themselves from there on: lower bounds.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="exactRanks">Whether the server gave ranks in the whole vocabulary.</param>
    public NextTokenScores Scores(NextTokenRequest request, bool exactRanks)
    {
        int[] targets = request.Targets.ToArray();
        int[] beyond = [.. _asked.OrderByDescending(pair => pair.Value.LogProbability).ThenBy(pair => pair.Key).Select(pair => pair.Key)];
        bool exact = exactRanks && _asked.Values.All(score => score.Rank is not null);
        return new NextTokenScores(
            [.. targets.Select(target => _asked.TryGetValue(target, out PromptScore score) ? score.LogProbability : _listed[_ranks[target] - 1].LogProbability)],
            [.. targets.Select(target => !_asked.TryGetValue(target, out PromptScore score) ? _ranks[target]
                : exact ? score.Rank!.Value : _listed.Length + 1 + Array.IndexOf(beyond, target))],
            [.. _listed.Take(request.Top).Select(entry => entry.Id)],
            [.. _listed.Take(request.Top).Select(entry => entry.LogProbability)])
        {
            ExactRanks = exact ? int.MaxValue : _listed.Length,
        };
    }
}
