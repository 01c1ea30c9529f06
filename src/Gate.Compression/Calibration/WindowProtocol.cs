namespace Gate.Compression.Calibration;

/// <summary>How windows are cut from documents; results of different protocols are not comparable.</summary>
public enum WindowProtocol
{
    /// <summary>Documents in seeded order, one after the other with an end-of-sequence token between them, cut into windows. For short documents.</summary>
    Packed,

    /// <summary>
    /// Each window is a uniform crop of a uniformly drawn document that is longer than the window (Wanda, SparseGPT, GPTQ on C4). For long documents.
    /// </summary>
    Cropped,
}
