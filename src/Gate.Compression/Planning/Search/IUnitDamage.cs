using Gate.Models.Architectures;

namespace Gate.Compression.Planning.Search;

/// <summary>Tries options on layers and says how far each is from the original.</summary>
internal interface IUnitDamage : IDisposable
{
    /// <summary>Name of the error, for the saved measurement and for people.</summary>
    string Name { get; }

    /// <summary>Goes to a unit; units come in the order of the forward pass.</summary>
    void Enter(PlanningUnit unit);

    /// <summary>Relative squared error of each option, 0 for an unchanged layer.</summary>
    /// <param name="layer">A layer of the unit.</param>
    /// <param name="weights">W, row-major; left alone.</param>
    /// <param name="options">The options.</param>
    IEnumerable<double> Of(LinearLayer layer, float[] weights, IEnumerable<PlannedLayer> options);
}
