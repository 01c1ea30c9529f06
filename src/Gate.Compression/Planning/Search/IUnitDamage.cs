using System.Collections.Immutable;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Structure;

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

    /// <summary>What an option makes of a layer's weights.</summary>
    /// <param name="layer">A layer of the unit.</param>
    /// <param name="weights">W, row-major; left alone.</param>
    /// <param name="option">The option.</param>
    float[] After(LinearLayer layer, float[] weights, PlannedLayer option);

    /// <summary>Gives up what is held of the current block; it is made again where more is asked of it.</summary>
    void Rest();

    /// <summary>The one that measures with some methods.</summary>
    /// <param name="methods">With calibration data the error is that of the output, else that of the weights.</param>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="units">All units.</param>
    /// <param name="activations">Threads of the kernels, and bounds of calibration.</param>
    /// <param name="cancellationToken">Checked between batches and blocks of columns.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 or 4: calibration data that cannot be used.</exception>
    static IUnitDamage By(PlanningMethods methods, Model dense, ImmutableArray<PlanningUnit> units, ActivationOptions activations, CancellationToken cancellationToken) =>
        methods.Calibration is { } calibration
            ? new OutputDamage(dense, units, calibration, activations, cancellationToken)
            : new WeightDamage(activations.Threads);
}
