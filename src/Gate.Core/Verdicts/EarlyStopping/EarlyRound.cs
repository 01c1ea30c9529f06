namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>What is known of one cluster when a pass has been through it.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Size">Items in the cluster, asked or not.</param>
/// <param name="Items">The items asked so far, in all passes; chosen at random among the cluster's items before the run.</param>
public sealed record EarlyCluster(string Task, int Size, IReadOnlyList<PairedItem> Items);

/// <summary>One step of a run that is watched: a cluster of each stratum.</summary>
/// <param name="Pass">Index of the pass.</param>
/// <param name="Clusters">One cluster of each stratum of the design.</param>
/// <param name="NewItems">Items asked in this step and not before.</param>
public sealed record EarlyRound(int Pass, IReadOnlyList<EarlyCluster> Clusters, int NewItems);
