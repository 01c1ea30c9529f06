namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// How the outputs of a packed matrix are cut into panels: full panels of 48 outputs, then panels of 16 for what is left, the last one padded
/// with zeros. A panel stores, for each input in turn, its outputs side by side.
/// </summary>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Inputs.</param>
internal readonly record struct PanelLayout(int Rows, int Columns)
{
    /// <summary>Outputs of a full panel: three vectors of sixteen, so that 8 tokens need 24 of the 32 vector registers for sums.</summary>
    public const int FullWidth = 48;

    /// <summary>Outputs of a panel at the end: one vector.</summary>
    public const int TailWidth = 16;

    /// <summary>
    /// Inputs summed in one chain before the partial sum is added to the output. A block of a full panel is 96 KiB of binary32: it stays in
    /// the second-level cache while all tokens pass, and short chains keep rounding errors small. Part of the contract: it decides bits.
    /// </summary>
    public const int BlockDepth = 512;

    /// <summary>Panels of 48.</summary>
    public int FullPanels => Rows / FullWidth;

    /// <summary>Panels of 16 after the full ones.</summary>
    public int TailPanels => ((Rows % FullWidth) + TailWidth - 1) / TailWidth;

    /// <summary>All panels.</summary>
    public int Panels => FullPanels + TailPanels;

    /// <summary>Stored elements, padding included.</summary>
    public long Elements => (((long)FullPanels * FullWidth) + ((long)TailPanels * TailWidth)) * Columns;

    /// <summary>Outputs side by side in a panel.</summary>
    public int WidthOf(int panel) => panel < FullPanels ? FullWidth : TailWidth;

    /// <summary>First output of a panel.</summary>
    public int FirstRowOf(int panel) =>
        panel < FullPanels ? panel * FullWidth : (FullPanels * FullWidth) + ((panel - FullPanels) * TailWidth);

    /// <summary>Index of a panel's first element.</summary>
    public long OffsetOf(int panel) => (long)FirstRowOf(panel) * Columns;

    /// <summary>The panel that holds an output.</summary>
    public int PanelOf(int row) =>
        row < FullPanels * FullWidth ? row / FullWidth : FullPanels + ((row - (FullPanels * FullWidth)) / TailWidth);
}
