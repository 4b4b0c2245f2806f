using GopherMesh.DataPlane.Model;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>How the data plane reaches the pods; faults stand between the two.</summary>
internal interface IPodPath
{
    /// <summary>Called when the way to a pod has changed, from any thread.</summary>
    event Action? Changed;

    /// <summary>The pod with the ports by which the data plane is to reach it.</summary>
    PodEndpoint To(PodEndpoint pod);
}
