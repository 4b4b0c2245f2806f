namespace GopherMesh.DataPlane.Admission;

/// <summary>The statuses that Go's net/http has a text for, which are those that Istio takes in retryOn.</summary>
internal static class GoStatus
{
    private static readonly (int From, int To)[] Known =
    [
        (100, 103), (200, 208), (226, 226), (300, 305), (307, 308), (400, 418), (421, 426), (428, 429), (431, 431), (451, 451), (500, 508), (510, 511),
    ];

    public static bool IsKnown(int status) => Array.Exists(Known, range => status >= range.From && status <= range.To);
}
