using System.Collections.Immutable;

namespace Gate.Evaluation.Tasks;

/// <summary>The items a model is asked, and those it cannot be asked.</summary>
/// <param name="Items">In file order.</param>
/// <param name="Available">Usable items before the limit.</param>
/// <param name="Excluded">Items that cannot be asked with this tokenizer, or that stand among the task's own examples, in file order. Models with the
/// same tokenizer exclude the same.</param>
public sealed record ItemSelection(ImmutableArray<TaskItem> Items, int Available, ImmutableArray<ExcludedItem> Excluded);

/// <summary>An item left out for a model.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Reason">Why, for the report.</param>
public sealed record ExcludedItem(string Id, string Reason);
