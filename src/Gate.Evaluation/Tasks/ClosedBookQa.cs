namespace Gate.Evaluation.Tasks;

/// <summary>Closed-book question answering: what the model knows without being told. Chance is 0.</summary>
internal sealed class ClosedBookQa : AnswerGeneration
{
    public override TaskKind Kind => TaskKind.ClosedBookQa;

    public override string Name => "closed-book-qa";
}
