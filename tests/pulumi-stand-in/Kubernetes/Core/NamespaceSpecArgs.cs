namespace Pulumi.Kubernetes.Types.Inputs.Core.V1;

public class NamespaceSpecArgs : ResourceArgs
{
    [field: Input("finalizers")]
    public InputList<string> Finalizers { get => field ??= []; set; }
}
