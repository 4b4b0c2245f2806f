namespace Pulumi.Kubernetes.Types.Inputs.Helm.V3;

public class RepositoryOptsArgs : ResourceArgs
{
    [Input("caFile")]
    public Input<string>? CaFile { get; set; }

    [Input("certFile")]
    public Input<string>? CertFile { get; set; }

    [Input("keyFile")]
    public Input<string>? KeyFile { get; set; }

    [field: Input("password")]
    public Input<string>? Password { get; set => field = Output.CreateSecret(value.ToOutput()); }

    [Input("repo")]
    public Input<string>? Repo { get; set; }

    [Input("username")]
    public Input<string>? Username { get; set; }
}
