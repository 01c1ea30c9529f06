using Gate.Evaluation.Data;

namespace Gate.Evaluation.Tasks;

/// <summary>
/// Question answering with the evidence in the prompt: what the model can find, whether it knew or not. Chance is 0, since the answer is
/// generated freely; a model that copies some name of the context at random does better than that, see the task's notes.
/// </summary>
internal sealed class InContextQa : AnswerGeneration
{
    public override TaskKind Kind => TaskKind.InContextQa;

    public override string Name => "in-context-qa";

    protected override void CheckRecord(TaskDefinition task, DataRecord record)
    {
        string field = task.Settings.Fields.Context;
        if (record.RequireText(field).Length == 0)
            throw record.Wrong(field, "evidence that is not empty", "an empty text");
    }
}
