namespace GopherMesh.DataPlane.Clusters;

/// <summary>A host's failures in a row and its ejections. Guarded by its cluster's <see cref="OutlierDetector"/>.</summary>
internal sealed class HostHealth
{
    public int Consecutive5xx { get; set; }

    public int ConsecutiveGatewayErrors { get; set; }

    /// <summary>When the host was taken out; null while it is in.</summary>
    public long? EjectedAt { get; set; }

    /// <summary>How many base ejection times the next ejection lasts.</summary>
    public int EjectionMultiplier { get; set; }
}
