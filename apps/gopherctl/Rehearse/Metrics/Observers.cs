using GopherMesh.DataPlane.Observing;

namespace GopherMesh.Gopherctl.Rehearse.Metrics;

/// <summary>Tells several of each request.</summary>
internal sealed class Observers(params IRequestObserver[] observers) : IRequestObserver
{
    /// <inheritdoc/>
    public void OnRequest(in RequestReport report)
    {
        foreach (var observer in observers)
        {
            observer.OnRequest(report);
        }
    }

    /// <inheritdoc/>
    public void OnEjection(EjectionReport report)
    {
        foreach (var observer in observers)
        {
            observer.OnEjection(report);
        }
    }
}
