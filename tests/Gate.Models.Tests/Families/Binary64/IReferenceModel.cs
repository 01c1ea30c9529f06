namespace Gate.Models.Tests.Families.Binary64;

/// <summary>A family written a second time, from the equations of its public modelling code, for models that no reference outputs lie beside.</summary>
internal interface IReferenceModel
{
    /// <summary>The <c>model_type</c>.</summary>
    string Family { get; }

    /// <summary>Writes a model of random weights.</summary>
    void Write(string folder);

    /// <summary>The logits of every position.</summary>
    double[][] Logits(int[] ids);
}
