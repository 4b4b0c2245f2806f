namespace Pulumi.Kubernetes.Types.Inputs.Core.V1;

public class VolumeArgs : ResourceArgs
{
    [Input("configMap")]
    public Input<ConfigMapVolumeSourceArgs>? ConfigMap { get; set; }

    [Input("emptyDir")]
    public Input<EmptyDirVolumeSourceArgs>? EmptyDir { get; set; }

    [Input("name", required: true)]
    public Input<string> Name { get; set; } = null!;

    [Input("secret")]
    public Input<SecretVolumeSourceArgs>? Secret { get; set; }
}

public class VolumeMountArgs : ResourceArgs
{
    [Input("mountPath", required: true)]
    public Input<string> MountPath { get; set; } = null!;

    [Input("name", required: true)]
    public Input<string> Name { get; set; } = null!;

    [Input("readOnly")]
    public Input<bool>? ReadOnly { get; set; }

    [Input("subPath")]
    public Input<string>? SubPath { get; set; }
}

public class EmptyDirVolumeSourceArgs : ResourceArgs
{
    [Input("medium")]
    public Input<string>? Medium { get; set; }

    [Input("sizeLimit")]
    public Input<string>? SizeLimit { get; set; }
}

public class ConfigMapVolumeSourceArgs : ResourceArgs
{
    [Input("defaultMode")]
    public Input<int>? DefaultMode { get; set; }

    [field: Input("items")]
    public InputList<KeyToPathArgs> Items { get => field ??= []; set; }

    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("optional")]
    public Input<bool>? Optional { get; set; }
}

public class SecretVolumeSourceArgs : ResourceArgs
{
    [Input("defaultMode")]
    public Input<int>? DefaultMode { get; set; }

    [field: Input("items")]
    public InputList<KeyToPathArgs> Items { get => field ??= []; set; }

    [Input("optional")]
    public Input<bool>? Optional { get; set; }

    [Input("secretName")]
    public Input<string>? SecretName { get; set; }
}

public class KeyToPathArgs : ResourceArgs
{
    [Input("key", required: true)]
    public Input<string> Key { get; set; } = null!;

    [Input("mode")]
    public Input<int>? Mode { get; set; }

    [Input("path", required: true)]
    public Input<string> Path { get; set; } = null!;
}
